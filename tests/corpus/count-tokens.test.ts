import { expect, it } from 'vitest';
import { createNodeCountTokens } from '../../adapters/node/tokenizer.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import { numberOf, objectAt, parseObject } from '../../src/json.ts';
import { chatClient } from '../../src/translate/chat/translator.ts';
import { countConversation } from '../../src/translate/count-tokens.ts';
import { describeWithCorpus, type Exchange, exchanges } from '../support/corpus.ts';

const countTokens = createNodeCountTokens();

/** What OpenAI counted; null where its answer does not say. */
function recordedTokens({ response }: Exchange): number | null {
  const inStream = /"prompt_tokens":\s*(\d+)/.exec(response.sse ?? '')?.[1];
  if (inStream !== undefined) return Number(inStream);
  return numberOf(objectAt(response.body as JsonObject | undefined, 'usage').prompt_tokens);
}

async function counted(exchange: Exchange) {
  const body = parseObject(exchange.requestText) ?? {};
  const { inputTokens, estimated } = await countConversation(
    chatClient.readRequest(body),
    countTokens,
    new AbortController().signal,
  );
  return { id: exchange.id, ours: inputTokens, theirs: recordedTokens(exchange) ?? 0, estimated };
}

describeWithCorpus('counted tokens', () => {
  const ofGpt4o = exchanges().filter(
    (exchange) =>
      exchange.api === 'openai.chat' &&
      exchange.provider === 'openai' &&
      /^gpt-4o(?:-mini)?(?:-\d|$)/.test(String(exchange.request.body.model)) &&
      recordedTokens(exchange) !== null,
  );

  it('are those that OpenAI counted, where they are no estimate', async () => {
    const exact = (await Promise.all(ofGpt4o.map(counted))).filter(({ estimated }) => !estimated);
    expect(exact.length).toBeGreaterThan(3);
    expect(exact.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
  });

  it('are near enough where tools and schemas are estimated', async () => {
    const estimates = (await Promise.all(ofGpt4o.map(counted))).filter(({ estimated }) => estimated);
    expect(estimates.length).toBeGreaterThan(10);
    const far = estimates.filter(({ ours, theirs }) => ours < 0.75 * theirs || ours > 1.75 * theirs);
    expect(far).toEqual([]);
  });
});
