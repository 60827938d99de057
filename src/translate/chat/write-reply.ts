import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart, ToolCallPart } from '../hub/conversation.ts';
import type { Reply } from '../hub/reply.ts';
import type { ReplyContext } from '../hub/translator.ts';
import { answerId } from './answer-id.ts';
import { annotationsOf } from './citations.ts';
import { given } from './fields.ts';
import { writeFinishReason } from './finish-reason.ts';
import { thinkingBlock } from './thinking-blocks.ts';
import { writeUsage } from './usage.ts';

/** A `chat.completion` with one choice. Tools that the provider ran itself are no calls for the client: they are left out. */
export function writeReply(reply: Reply, { requestId, created }: ReplyContext): JsonObject {
  const { id, model, content, finish, usage, logprobs } = reply;
  return {
    id: answerId(id, requestId),
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: writeMessage(content),
        logprobs: logprobs ?? null,
        finish_reason: writeFinishReason(finish.reason),
      },
    ],
    ...(usage === null ? {} : { usage: writeUsage(usage) }),
    ...given('service_tier', writeServiceTier(reply.serviceTier)),
  };
}

function writeMessage(content: readonly AssistantPart[]): JsonObject {
  const { text, annotations } = writeText(content);
  const refusal = textsOf(content, 'refusal').join('');
  const calls = content.filter((part) => part.type === 'tool_call').map(writeToolCall);
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...(annotations.length === 0 ? {} : { annotations }),
    ...writeReasoning(content),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** All texts as one, with the places that their citations then have. */
function writeText(content: readonly AssistantPart[]): { text: string; annotations: JsonObject[] } {
  let text = '';
  const annotations: JsonObject[] = [];
  for (const part of content) {
    if (part.type !== 'text') continue;
    const from = text.length;
    text += part.text;
    annotations.push(...annotationsOf(part.citations ?? [], from, text.length));
  }
  return { text, annotations };
}

function writeReasoning(content: readonly AssistantPart[]): JsonObject {
  const text = textsOf(content, 'reasoning').join('');
  const blocks = content.flatMap((part) =>
    part.type === 'reasoning' && part.seal !== null ? [thinkingBlock(part.text, part.seal)] : [],
  );
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(blocks.length === 0 ? {} : { thinking_blocks: blocks }),
  };
}

function textsOf(content: readonly AssistantPart[], type: 'refusal' | 'reasoning'): string[] {
  return content.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : []));
}

function writeToolCall({ id, name, arguments: args, kind }: ToolCallPart): JsonObject {
  if (kind === 'custom') return { id, type: 'custom', custom: { name, input: args } };
  return { id, type: 'function', function: { name, arguments: args || '{}' } };
}

const TIERS: ReadonlyMap<string, string> = new Map(
  ['auto', 'default', 'flex', 'scale', 'priority'].map((tier) => [tier, tier] as const),
).set('standard', 'default');

/** OpenAI's name of the tier; SDKs with closed types know no other. */
export function writeServiceTier(tier: string | undefined): string | undefined {
  return tier === undefined ? undefined : TIERS.get(tier);
}
