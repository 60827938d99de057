import type { JsonObject } from '../../domain/call.ts';
import { ApiError, anthropicError } from './errors.ts';
import { type Frame, namedFrame, type Rendering } from './frames.ts';
import type { Job, JobContext } from './job.ts';
import { readMessages } from './messages-request.ts';
import { deltasOf, type Plan, plan, type ToolCall } from './model.ts';

/** Anthropic's Messages. */
export function prepareMessage(body: JsonObject, context: JobContext): Job {
  const said = plan(readMessages(body), context.behaviour.says);
  return {
    rendering: new MessageRendering(said, context),
    deltas: deltasOf(said),
    acknowledgement: null,
  };
}

const STOP_REASONS = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  tool_calls: 'tool_use',
  length: 'max_tokens',
} as const satisfies Record<Plan['finish'], string>;

class MessageRendering implements Rendering {
  readonly #plan: Plan;
  readonly #head: { id: string; type: 'message'; role: 'assistant'; model: string };
  readonly #callIds: readonly string[];
  readonly #requestId: string;

  constructor(said: Plan, { ids, model }: JobContext) {
    this.#plan = said;
    this.#head = { id: ids.next('msg_'), type: 'message', role: 'assistant', model };
    this.#callIds = said.calls.map(() => ids.next('toolu_'));
    this.#requestId = ids.next('req_');
  }

  body(): object {
    const { pieces, calls, outputTokens } = this.#plan;
    const text = pieces.length === 0 ? [] : [{ type: 'text', text: pieces.join(''), citations: null }];
    const uses = calls.map((call, i) => ({ ...this.#toolUse(call, i), input: call.input }));
    const usage = this.#usage(outputTokens);
    return { ...this.#head, content: [...text, ...uses], ...this.#stop(), usage };
  }

  *frames(): Iterable<Frame> {
    const { pieces, calls, outputTokens } = this.#plan;
    const empty = { content: [], stop_reason: null, stop_sequence: null, usage: this.#usage(0) };
    yield namedFrame('message_start', { message: { ...this.#head, ...empty } }, 'structure');
    yield namedFrame('ping', {}, 'structure');
    if (pieces.length > 0) {
      const deltas = pieces.map((text) => ({ type: 'text_delta', text }));
      yield* blockFrames(0, { type: 'text', text: '', citations: null }, deltas);
    }
    for (const [index, call] of calls.entries()) {
      const deltas = call.fragments.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
      yield* blockFrames(index, { ...this.#toolUse(call, index), input: {} }, deltas);
    }
    const usage = this.#usage(outputTokens);
    yield namedFrame('message_delta', { delta: this.#stop(), usage }, 'end');
    yield namedFrame('message_stop', {}, 'end');
  }

  errorFrame(): string {
    const error = new ApiError(500, 'The sandbox failed in mid-stream, as told.');
    return namedFrame('error', anthropicError(error, this.#requestId), 'end').text;
  }

  #toolUse({ name }: ToolCall, index: number): object {
    return { type: 'tool_use', id: this.#callIds[index], name };
  }

  #stop(): object {
    return { stop_reason: STOP_REASONS[this.#plan.finish], stop_sequence: this.#plan.stopSequence };
  }

  #usage(output_tokens: number): object {
    const cache = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    return { input_tokens: this.#plan.inputTokens, ...cache, output_tokens };
  }
}

function* blockFrames(index: number, content_block: object, deltas: readonly object[]): Iterable<Frame> {
  yield namedFrame('content_block_start', { index, content_block }, 'structure');
  for (const delta of deltas) {
    yield namedFrame('content_block_delta', { index, delta }, 'delta');
  }
  yield namedFrame('content_block_stop', { index }, 'structure');
}
