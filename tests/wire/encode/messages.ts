import type { Json } from '../../support/corpus.ts';
import type { SseEvent } from '../../support/fault-upstream.ts';
import {
  type Answer,
  type Block,
  COUNTS,
  type Encoder,
  type Finish,
  ID,
  joined,
  MODEL,
  named,
} from './answer.ts';

const FINISH: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
};

const CACHE = { cache_creation_input_tokens: 0, cache_read_input_tokens: COUNTS.cacheRead };
const TOTALS = {
  input_tokens: COUNTS.input,
  ...CACHE,
  output_tokens: COUNTS.output,
  output_tokens_details: { thinking_tokens: COUNTS.reasoning },
};
const UNSPLIT = {
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  service_tier: null,
};

/** https://platform.claude.com/docs/en/api/messages. @param knowsInput the counts of the input are known at the start */
export function messages(knowsInput: boolean): Encoder {
  return {
    whole: (answer) => ({
      ...head(answer.blocks.map(blockOf)),
      ...stop(answer),
      usage: { ...TOTALS, ...UNSPLIT },
    }),
    stream: (answer) => [
      named('message_start', { message: { ...head([]), ...OPEN, usage: knowsInput ? STARTED : NOTHING } }),
      ...answer.blocks.flatMap(blockEvents),
      named('message_delta', { delta: stop(answer), usage: TOTALS }),
      named('message_stop', {}),
    ],
  };
}

const STARTED = { ...TOTALS, ...UNSPLIT };
const NOTHING = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
  ...UNSPLIT,
};
const OPEN = { stop_reason: null, stop_sequence: null, stop_details: null };

function head(content: readonly Json[]): Json {
  return { id: `msg_${ID}`, type: 'message', role: 'assistant', model: MODEL, content };
}

function stop({ finish, stopSequence = null, blocks }: Stopped): Json {
  const said = blocks.find((block) => 'refusal' in block)?.refusal ?? null;
  const stop_reason = FINISH[finish];
  const stop_details =
    stop_reason === 'refusal' ? { type: 'refusal', category: null, explanation: said } : null;
  return { stop_reason, stop_sequence: stopSequence, stop_details };
}

type Stopped = Omit<Answer, 'stopSequence'> & { readonly stopSequence?: string | null };

function blockOf(block: Block): Json {
  if ('text' in block) return { type: 'text', text: joined(block.text) };
  if ('refusal' in block) return { type: 'text', text: block.refusal };
  if ('call' in block) {
    const { id, name, pieces } = block.call;
    return { type: 'tool_use', id, name, input: JSON.parse(joined(pieces)) };
  }
  if (block.reasoning.length === 0) return { type: 'redacted_thinking', data: block.seal };
  return { type: 'thinking', thinking: joined(block.reasoning), signature: block.seal ?? '' };
}

function blockEvents(block: Block, index: number): SseEvent[] {
  return [
    named('content_block_start', { index, content_block: openBlock(block) }),
    ...deltasOf(block).map((delta) => named('content_block_delta', { index, delta })),
    named('content_block_stop', { index }),
  ];
}

function openBlock(block: Block): Json {
  if ('call' in block) return { type: 'tool_use', id: block.call.id, name: block.call.name, input: {} };
  if (!('reasoning' in block)) return { type: 'text', text: '' };
  return block.reasoning.length === 0 ? blockOf(block) : { type: 'thinking', thinking: '', signature: '' };
}

function deltasOf(block: Block): Json[] {
  if ('text' in block) return block.text.map((text) => ({ type: 'text_delta', text }));
  if ('refusal' in block) return [{ type: 'text_delta', text: block.refusal }];
  if ('call' in block)
    return block.call.pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  const { reasoning, seal } = block;
  const signature =
    seal === null || reasoning.length === 0 ? [] : [{ type: 'signature_delta', signature: seal }];
  return [...reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })), ...signature];
}
