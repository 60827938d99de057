import type { JsonObject } from '../../domain/call.ts';
import { type Frame, namedFrame, type Rendering } from './frames.ts';
import type { Job, JobContext } from './job.ts';
import { deltasOf, type Plan, plan, type ToolCall } from './model.ts';
import { type ResponsesRequest, readResponses } from './responses-request.ts';

export interface ResponsesJob extends Job {
  readonly rendering: ResponsesRendering;
  readonly items: readonly JsonObject[];
  /** To be kept for `GET /responses/{id}`. */
  readonly store: boolean;
  readonly previousId: string | null;
}

/** OpenAI's Responses. */
export function prepareResponse(body: JsonObject, context: JobContext): ResponsesJob {
  const request = readResponses(body);
  const said = plan(request.ask, context.behaviour.says);
  const rendering = new ResponsesRendering(request, said, context);
  return {
    rendering,
    deltas: deltasOf(said),
    items: request.items,
    store: request.body.store !== false,
    acknowledgement: request.body.background === true ? rendering.snapshot('queued') : null,
    previousId: request.body.previous_response_id ?? null,
  };
}

type Status = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'cancelled';
type Event = { readonly type: string } & Record<string, unknown>;

export class ResponsesRendering implements Rendering {
  readonly id: string;
  readonly #request: ResponsesRequest;
  readonly #plan: Plan;
  readonly #model: string;
  readonly #createdAt: number;
  readonly #messageId: string;
  readonly #callIds: readonly { id: string; call_id: string }[];
  #sequence = 0;

  constructor(request: ResponsesRequest, said: Plan, { ids, model }: JobContext) {
    this.id = ids.next('resp_');
    this.#request = request;
    this.#plan = said;
    this.#model = model;
    this.#createdAt = ids.seconds();
    this.#messageId = ids.next('msg_');
    this.#callIds = said.calls.map(() => ({ id: ids.next('fc_'), call_id: ids.next('call_') }));
  }

  body(): object {
    return this.snapshot(this.#final());
  }

  /** The whole response object as it stands in `status`. */
  snapshot(status: Status): object {
    const done = status === 'completed' || status === 'incomplete';
    const { id } = this;
    return {
      id,
      object: 'response',
      created_at: this.#createdAt,
      status,
      error: null,
      incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
      ...this.#settings(),
      output: done ? this.#output() : [],
      usage: done ? this.#usage() : null,
    };
  }

  *frames(): Iterable<Frame> {
    yield this.#event({ type: 'response.created', response: this.snapshot('in_progress') });
    yield this.#event({ type: 'response.in_progress', response: this.snapshot('in_progress') });
    const { calls, pieces } = this.#plan;
    if (calls.length === 0) yield* this.#messageFrames(pieces);
    for (const [index, call] of calls.entries()) yield* this.#callFrames(call, index);
    const status = this.#final();
    yield this.#event({ type: `response.${status}`, response: this.snapshot(status) }, 'end');
  }

  errorFrame(): string {
    const message = 'The sandbox failed in mid-stream, as told.';
    return this.#event({ type: 'error', code: 'server_error', message, param: null }, 'end').text;
  }

  *#messageFrames(pieces: readonly string[]): Iterable<Frame> {
    const at = { output_index: 0 };
    const part = { item_id: this.#messageId, ...at, content_index: 0 };
    const text = pieces.join('');
    yield this.#event({ type: 'response.output_item.added', ...at, item: this.#message('in_progress') });
    yield this.#event({ type: 'response.content_part.added', ...part, part: textPart('') });
    for (const delta of pieces) {
      yield this.#event({ type: 'response.output_text.delta', ...part, delta, logprobs: [] }, 'delta');
    }
    yield this.#event({ type: 'response.output_text.done', ...part, text, logprobs: [] });
    yield this.#event({ type: 'response.content_part.done', ...part, part: textPart(text) });
    yield this.#event({ type: 'response.output_item.done', ...at, item: this.#message(this.#final()) });
  }

  *#callFrames(call: ToolCall, output_index: number): Iterable<Frame> {
    const added = { ...this.#call(call, output_index), status: 'in_progress', arguments: '' };
    const done = this.#call(call, output_index);
    const of = { item_id: done.id, output_index };
    yield this.#event({ type: 'response.output_item.added', output_index, item: added });
    for (const delta of call.fragments) {
      yield this.#event({ type: 'response.function_call_arguments.delta', ...of, delta }, 'delta');
    }
    const { name, arguments: json } = done;
    yield this.#event({ type: 'response.function_call_arguments.done', ...of, name, arguments: json });
    yield this.#event({ type: 'response.output_item.done', output_index, item: done });
  }

  #event({ type, ...rest }: Event, kind: Frame['kind'] = 'structure'): Frame {
    return namedFrame(type, { sequence_number: this.#sequence++, ...rest }, kind);
  }

  #final(): 'completed' | 'incomplete' {
    return this.#plan.finish === 'length' ? 'incomplete' : 'completed';
  }

  #output(): object[] {
    const { calls } = this.#plan;
    return calls.length === 0 ? [this.#message(this.#final())] : calls.map((call, i) => this.#call(call, i));
  }

  #message(status: Status): object {
    const content = status === 'in_progress' ? [] : [textPart(this.#plan.pieces.join(''))];
    return { id: this.#messageId, type: 'message', status, role: 'assistant', content };
  }

  #call(call: ToolCall, index: number) {
    const { id, call_id } = this.#callIds[index] ?? { id: '', call_id: '' };
    const { name, fragments } = call;
    return { id, type: 'function_call', status: 'completed', call_id, name, arguments: fragments.join('') };
  }

  /** What was asked for, as OpenAI gives it back. */
  #settings(): object {
    const { body } = this.#request;
    return {
      background: body.background ?? false,
      instructions: body.instructions ?? null,
      max_output_tokens: body.max_output_tokens ?? null,
      max_tool_calls: body.max_tool_calls ?? null,
      metadata: body.metadata ?? {},
      model: this.#model,
      parallel_tool_calls: body.parallel_tool_calls ?? true,
      previous_response_id: body.previous_response_id ?? null,
      reasoning: body.reasoning ?? { effort: null, summary: null },
      service_tier: 'default',
      store: body.store ?? true,
      temperature: body.temperature ?? 1,
      text: { ...body.text, format: body.text?.format ?? { type: 'text' } },
      tool_choice: body.tool_choice ?? 'auto',
      tools: body.tools ?? [],
      top_logprobs: body.top_logprobs ?? 0,
      top_p: body.top_p ?? 1,
      truncation: body.truncation ?? 'disabled',
      user: body.user ?? null,
    };
  }

  #usage(): object {
    const { inputTokens, outputTokens } = this.#plan;
    return {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    };
  }
}

function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
