import type { JsonObject } from '../../domain/call.ts';
import { type ChatRequest, readChat } from './chat-request.ts';
import { ApiError, openaiError } from './errors.ts';
import { dataFrame, type Frame, type Rendering } from './frames.ts';
import type { Job, JobContext } from './job.ts';
import { deltasOf, type Plan, plan, type ToolCall } from './model.ts';

/** OpenAI's Chat Completions. */
export function prepareChat(body: JsonObject, context: JobContext): Job {
  const request = readChat(body);
  const said = plan(request.ask, context.behaviour.says);
  return {
    rendering: new ChatRendering(request, said, context),
    deltas: deltasOf(said) * request.n,
    acknowledgement: null,
  };
}

const FINISH = {
  stop: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'tool_calls',
  length: 'length',
} as const satisfies Record<Plan['finish'], string>;

class ChatRendering implements Rendering {
  readonly #request: ChatRequest;
  readonly #plan: Plan;
  readonly #head: { id: string; created: number; model: string };
  readonly #choices: readonly { index: number; callIds: readonly string[] }[];

  constructor(request: ChatRequest, said: Plan, { ids, model }: JobContext) {
    this.#request = request;
    this.#plan = said;
    this.#head = { id: ids.next('chatcmpl-'), created: ids.seconds(), model };
    const callIds = (): string[] => said.calls.map(() => ids.next('call_'));
    this.#choices = Array.from({ length: request.n }, (_, index) => ({ index, callIds: callIds() }));
  }

  body(): object {
    const { id, created, model } = this.#head;
    const choices = this.#choices.map(({ index, callIds }) => ({
      index,
      message: this.#message(callIds),
      logprobs: null,
      finish_reason: FINISH[this.#plan.finish],
    }));
    return { id, object: 'chat.completion', created, model, choices, usage: this.#usage() };
  }

  *frames(): Iterable<Frame> {
    const { pieces, calls, finish } = this.#plan;
    const content = calls.length > 0 ? null : '';
    yield* this.#toAll(() => ({ role: 'assistant', content, refusal: null }), 'structure');
    for (const piece of pieces) yield* this.#toAll(() => ({ content: piece }), 'delta');
    for (const [position, call] of calls.entries()) yield* this.#callFrames(call, position);
    for (const { index } of this.#choices) yield this.#chunk(index, {}, 'end', FINISH[finish]);
    if (this.#request.includeUsage) yield this.#frame({ choices: [], usage: this.#usage() }, 'end');
    yield dataFrame('[DONE]', 'end');
  }

  /** There is no standard for it: providers send their error envelope as an event. */
  errorFrame(): string {
    return dataFrame(openaiError(new ApiError(500, 'The sandbox failed in mid-stream, as told.')), 'end')
      .text;
  }

  #message(callIds: readonly string[]): object {
    const { pieces, calls } = this.#plan;
    if (calls.length === 0) {
      return { role: 'assistant', content: pieces.join(''), refusal: null, annotations: [] };
    }
    const tool_calls = calls.map(({ name, fragments }, i) => ({
      id: callIds[i],
      type: 'function',
      function: { name, arguments: fragments.join('') },
    }));
    return { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls };
  }

  /** Id and name come once, then pieces of the arguments. */
  *#callFrames({ name, fragments }: ToolCall, position: number): Iterable<Frame> {
    const first = { type: 'function', function: { name, arguments: '' } };
    yield* this.#toAll(
      (callIds) => ({ tool_calls: [{ index: position, id: callIds[position], ...first }] }),
      'structure',
    );
    for (const piece of fragments) {
      const delta = { tool_calls: [{ index: position, function: { arguments: piece } }] };
      yield* this.#toAll(() => delta, 'delta');
    }
  }

  *#toAll(delta: (callIds: readonly string[]) => object, kind: Frame['kind']): Iterable<Frame> {
    for (const { index, callIds } of this.#choices) yield this.#chunk(index, delta(callIds), kind, null);
  }

  #chunk(index: number, delta: object, kind: Frame['kind'], finish_reason: string | null): Frame {
    return this.#frame({ choices: [{ index, delta, logprobs: null, finish_reason }] }, kind);
  }

  /** Asked for usage, OpenAI has `usage: null` in every chunk but the last. */
  #frame(rest: { choices: object[]; usage?: object }, kind: Frame['kind']): Frame {
    const { id, created, model } = this.#head;
    const usage = this.#request.includeUsage ? { usage: null } : {};
    return dataFrame({ id, object: 'chat.completion.chunk', created, model, ...usage, ...rest }, kind);
  }

  #usage(): object {
    return openaiUsage(this.#plan.inputTokens, this.#plan.outputTokens * this.#choices.length);
  }
}

/** `usage` of Chat Completions and of the older Completions. */
export function openaiUsage(prompt_tokens: number, completion_tokens: number): object {
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
