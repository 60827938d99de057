import type { Json } from '../../support/corpus.ts';
import type { SseEvent } from '../../support/fault-upstream.ts';
import { type Answer, type Block, COUNTS, type Encoder, ID, joined, MODEL, named } from './answer.ts';

const USAGE = {
  input_tokens: COUNTS.input + COUNTS.cacheRead,
  input_tokens_details: { cached_tokens: COUNTS.cacheRead, cache_write_tokens: 0 },
  output_tokens: COUNTS.output,
  output_tokens_details: { reasoning_tokens: COUNTS.reasoning },
  total_tokens: COUNTS.input + COUNTS.cacheRead + COUNTS.output,
};

/** https://platform.openai.com/docs/api-reference/responses/object. @param lateCalls calls end only with the answer */
export function responses(lateCalls = false): Encoder {
  return {
    whole: finished,
    stream: (answer) =>
      [
        named('response.created', { response: response('in_progress', []) }),
        named('response.in_progress', { response: response('in_progress', []) }),
        ...itemsOf(answer, lateCalls),
        named(`response.${statusOf(answer)}`, { response: finished(answer) }),
      ].map(numbered),
  };
}

function numbered(event: SseEvent, sequence_number: number): SseEvent {
  if (typeof event === 'string') return event;
  return { ...event, data: { ...(event.data as Json), sequence_number } };
}

function statusOf({ finish, blocks }: Answer): 'completed' | 'incomplete' {
  if (finish === 'length' || finish === 'content_filter') return 'incomplete';
  return finish === 'refusal' && !blocks.some((block) => 'refusal' in block) ? 'incomplete' : 'completed';
}

function finished(answer: Answer): Json {
  const status = statusOf(answer);
  const reason = answer.finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return {
    ...response(status, outputOf(answer)),
    incomplete_details: status === 'completed' ? null : { reason },
    usage: USAGE,
  };
}

function response(status: string, output: readonly Json[]): Json {
  return {
    id: `resp_${ID}`,
    object: 'response',
    created_at: 1,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: MODEL,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: null,
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: null,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
    access_programs: null,
  };
}

/** What was being said when the answer was cut short is as incomplete as the answer. */
function outputOf(answer: Answer): Json[] {
  return answer.blocks.map((block, index) => itemOf(block, index, itemStatus(answer, index)));
}

function itemStatus(answer: Answer, index: number): string {
  return index === answer.blocks.length - 1 ? statusOf(answer) : 'completed';
}

function itemsOf(answer: Answer, lateCalls: boolean): SseEvent[] {
  const items = answer.blocks.map((block, index) => itemEvents(block, index, itemStatus(answer, index)));
  const isLate = (index: number) => lateCalls && 'call' in (answer.blocks[index] ?? {});
  const now = items.map((events, index) => (isLate(index) ? events.slice(0, -2) : events));
  const late = items.map((events, index) => (isLate(index) ? events.slice(-2) : []));
  return [...now, ...late].flat();
}

function itemOf(block: Block, index: number, status: string): Json {
  if ('call' in block) return callItem(block.call, index, 'completed', joined(block.call.pieces));
  if ('reasoning' in block) {
    const text = joined(block.reasoning);
    const summary = text === '' ? [] : [{ type: 'summary_text', text }];
    return { id: `rs_${ID}_${index}`, type: 'reasoning', summary, encrypted_content: block.seal };
  }
  return message(index, status, [partOf(block)]);
}

function callItem(
  { id, name }: { id: string; name: string },
  index: number,
  status: string,
  args: string,
): Json {
  return { id: `fc_${ID}_${index}`, status, call_id: id, name, type: 'function_call', arguments: args };
}

function message(index: number, status: string, content: readonly Json[]): Json {
  return { id: `msg_${ID}_${index}`, type: 'message', status, role: 'assistant', content };
}

function partOf(block: { text: readonly string[] } | { refusal: string }, open = false): Json {
  if ('refusal' in block) return { type: 'refusal', refusal: open ? '' : block.refusal };
  return { type: 'output_text', text: open ? '' : joined(block.text), annotations: [], logprobs: [] };
}

function itemEvents(block: Block, output_index: number, status: string): SseEvent[] {
  const item = itemOf(block, output_index, status);
  const at = { item_id: item.id, output_index };
  const added = (open: Json) => named('response.output_item.added', { output_index, item: open });
  const done = named('response.output_item.done', { output_index, item });
  if ('call' in block) {
    const { pieces } = block.call;
    return [
      added(callItem(block.call, output_index, 'in_progress', '')),
      ...pieces.map((delta) => named('response.function_call_arguments.delta', { ...at, delta })),
      named('response.function_call_arguments.done', { ...at, arguments: joined(pieces) }),
      done,
    ];
  }
  if ('reasoning' in block)
    return [
      added({ ...item, summary: [], encrypted_content: null }),
      ...summaryEvents(block.reasoning, at),
      done,
    ];
  return [
    added(message(output_index, 'in_progress', [])),
    ...partEvents(block, { ...at, content_index: 0 }),
    done,
  ];
}

function summaryEvents(pieces: readonly string[], at: Json): SseEvent[] {
  if (pieces.length === 0) return [];
  const [place, text] = [{ ...at, summary_index: 0 }, joined(pieces)];
  return [
    named('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } }),
    ...pieces.map((delta) => named('response.reasoning_summary_text.delta', { ...place, delta })),
    named('response.reasoning_summary_text.done', { ...place, text }),
    named('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } }),
  ];
}

function partEvents(block: { text: readonly string[] } | { refusal: string }, at: Json): SseEvent[] {
  const words =
    'refusal' in block
      ? [
          named('response.refusal.delta', { ...at, delta: block.refusal }),
          named('response.refusal.done', { ...at, refusal: block.refusal }),
        ]
      : [
          ...block.text.map((delta) => named('response.output_text.delta', { ...at, logprobs: [], delta })),
          named('response.output_text.done', { ...at, text: joined(block.text), logprobs: [] }),
        ];
  return [
    named('response.content_part.added', { ...at, part: partOf(block, true) }),
    ...words,
    named('response.content_part.done', { ...at, part: partOf(block) }),
  ];
}
