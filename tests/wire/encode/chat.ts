import type { Json } from '../../support/corpus.ts';
import type { SseEvent } from '../../support/fault-upstream.ts';
import { type Answer, type Block, COUNTS, type Encoder, type Finish, ID, joined, MODEL } from './answer.ts';

const FINISH: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
};

const USAGE = {
  prompt_tokens: COUNTS.input + COUNTS.cacheRead,
  completion_tokens: COUNTS.output,
  total_tokens: COUNTS.input + COUNTS.cacheRead + COUNTS.output,
  prompt_tokens_details: { cached_tokens: COUNTS.cacheRead },
  completion_tokens_details: { reasoning_tokens: COUNTS.reasoning },
};

/** https://platform.openai.com/docs/api-reference/chat/object, with the extensions that others made. */
export const chat: Encoder = {
  whole: ({ blocks, finish }) => ({
    id: `chatcmpl-${ID}`,
    object: 'chat.completion',
    created: 1,
    model: MODEL,
    choices: [{ index: 0, message: messageOf(blocks), logprobs: null, finish_reason: FINISH[finish] }],
    usage: USAGE,
  }),
  stream: ({ blocks, finish }) => [
    chunk([choice({ role: 'assistant', content: '', refusal: null })]),
    ...deltasOf(blocks).map((delta) => chunk([choice(delta)])),
    chunk([choice({}, FINISH[finish])]),
    chunk([], USAGE),
    'data: [DONE]',
  ],
};

function messageOf(blocks: Answer['blocks']): Json {
  const told = { content: '', refusal: '', reasoning: '' };
  const seals: Json[] = [];
  const calls: Json[] = [];
  for (const block of blocks) {
    if ('text' in block) told.content += joined(block.text);
    else if ('refusal' in block) told.refusal += block.refusal;
    else if ('call' in block) calls.push(callOf(block.call, joined(block.call.pieces)));
    else {
      told.reasoning += joined(block.reasoning);
      if (block.seal !== null) seals.push(sealed(block, block.seal));
    }
  }
  return {
    role: 'assistant',
    // Nothing said is an empty text; null is for what stands in its place.
    content: told.content || (told.refusal === '' && calls.length === 0 ? '' : null),
    refusal: told.refusal || null,
    ...(told.reasoning === '' ? {} : { reasoning_content: told.reasoning }),
    ...(seals.length === 0 ? {} : { thinking_blocks: seals }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function callOf({ id, name }: { id: string; name: string }, args: string): Json {
  return { id, type: 'function', function: { name, arguments: args } };
}

/** Reasoning that nobody may read has nothing but its seal. */
function sealed({ reasoning }: { reasoning: readonly string[] }, seal: string): Json {
  return reasoning.length === 0
    ? { type: 'redacted_thinking', data: seal }
    : { type: 'thinking', thinking: joined(reasoning), signature: seal };
}

function deltasOf(blocks: Answer['blocks']): Json[] {
  let calls = 0;
  return blocks.flatMap((block: Block): Json[] => {
    if ('text' in block) return block.text.map((content) => ({ content }));
    if ('refusal' in block) return [{ refusal: block.refusal }];
    if ('call' in block) {
      const index = calls++;
      const pieces = block.call.pieces.map((text) => ({ index, function: { arguments: text } }));
      return [{ index, ...callOf(block.call, '') }, ...pieces].map((call) => ({ tool_calls: [call] }));
    }
    const texts = block.reasoning.map((reasoning_content) => ({ reasoning_content }));
    return block.seal === null ? texts : [...texts, { thinking_blocks: [sealed(block, block.seal)] }];
  });
}

function choice(delta: Json, finish_reason: string | null = null): Json {
  return { index: 0, delta, logprobs: null, finish_reason };
}

function chunk(choices: readonly Json[], usage: Json | null = null): SseEvent {
  const head = { id: `chatcmpl-${ID}`, object: 'chat.completion.chunk', created: 1, model: MODEL };
  return { data: { ...head, choices, usage } };
}
