import type { JsonObject } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import type { AssistantPart, Citation, ReasoningSeal, ToolKind } from './conversation.ts';

/**
 * Why a model stopped. `refusal`: the model declined (Anthropic's `refusal`). `content_filter`: a filter beside it cut in.
 * `pause`: a turn of server tools that the client is to continue (Anthropic's `pause_turn`).
 */
export type FinishReason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'context_length'
  | 'tool_calls'
  | 'content_filter'
  | 'refusal'
  | 'pause'
  | 'other';

export interface Finish {
  readonly reason: FinishReason;
  /** The sequence that stopped it, where the provider says. */
  readonly stopSequence: string | null;
}

/** A whole answer. Parts of it carry an empty `at`. */
export interface Reply {
  /** The provider's own id of the answer; empty where it has none. */
  readonly id: string;
  /** The model that the provider says it ran. */
  readonly model: string;
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
  readonly usage: Usage | null;
  readonly serviceTier?: string;
  /** Chat's `logprobs`, passed between the OpenAI dialects alone. */
  readonly logprobs?: JsonObject;
}

/** A failure in the words of a provider: after its HTTP status it is all a client learns. */
export interface ProviderError {
  /** HTTP status; for one inside a stream, the status it would have had. */
  readonly status: number;
  /** The provider's own `type`, in its own words. */
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
  /** Seconds until the provider takes another call, where its body says so. */
  readonly retryAfter?: number;
}

/** An answer that came, and was paid for, but holds what no client's dialect has a place for. */
export class UncarriedAnswer extends Error {
  readonly usage: Usage | null;

  /** @param message reaches the client */
  constructor(message: string, usage: Usage | null) {
    super(message);
    this.name = 'UncarriedAnswer';
    this.usage = usage;
  }
}

/** A block of a streamed answer as it begins. */
export type BlockStart =
  | { readonly type: 'text' }
  | { readonly type: 'refusal' }
  | { readonly type: 'reasoning' }
  | { readonly type: 'tool_call'; readonly id: string; readonly name: string; readonly kind: ToolKind }
  /** Comes whole: no deltas follow. */
  | {
      readonly type: 'server_tool';
      readonly id: string;
      readonly name: string;
      readonly phase: 'call' | 'result';
      readonly raw: JsonObject;
    };

/**
 * A streamed answer. Grammar: `start`, then blocks, then one `finish`; or an `error` at any place, after which nothing comes.
 * Each block is `block_start`, its deltas, `block_end`; `index` counts blocks from 0 in the order in which they start. Several
 * may be open at once (Chat interleaves parallel tool calls): who cannot write that sends the parts through `oneAtATime`.
 */
export type StreamPart =
  | {
      readonly type: 'start';
      readonly id: string;
      readonly model: string;
      /** What is known of the input so far; null where the provider counts at the end. */
      readonly usage: Usage | null;
    }
  | { readonly type: 'block_start'; readonly index: number; readonly block: BlockStart }
  /** Text of a text, refusal or reasoning block. */
  | { readonly type: 'text_delta'; readonly index: number; readonly text: string }
  /** Piece of a tool call's arguments (JSON text, or free text of a custom tool). */
  | { readonly type: 'arguments_delta'; readonly index: number; readonly text: string }
  | { readonly type: 'citation'; readonly index: number; readonly citation: Citation }
  /** At most once for a reasoning block, before its end. */
  | { readonly type: 'seal'; readonly index: number; readonly seal: ReasoningSeal }
  | { readonly type: 'block_end'; readonly index: number }
  | { readonly type: 'ping' }
  | {
      readonly type: 'finish';
      readonly finish: Finish;
      readonly usage: Usage | null;
      readonly serviceTier?: string;
    }
  | { readonly type: 'error'; readonly error: ProviderError };
