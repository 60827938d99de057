import type { Json } from '../../support/corpus.ts';
import type { SseEvent } from '../../support/fault-upstream.ts';

/** An answer of a model, in no dialect; a block's text in the pieces of its stream. */
export interface Answer {
  readonly blocks: readonly Block[];
  readonly finish: Finish;
  readonly stopSequence?: string;
}

export type Block =
  | { readonly text: readonly string[] }
  | { readonly refusal: string }
  /** `seal`: what proves it; for clients as they get it. */
  | { readonly reasoning: readonly string[]; readonly seal: string | null }
  | { readonly call: { readonly id: string; readonly name: string; readonly pieces: readonly string[] } };

export type Finish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter' | 'refusal';

/** How a dialect tells an answer. */
export interface Encoder {
  whole(answer: Answer): Json;
  stream(answer: Answer): SseEvent[];
}

/** What each provider counts: ten tokens in, of which four were cached, and five out, of which two were reasoning. */
export const COUNTS = { input: 6, cacheRead: 4, output: 5, reasoning: 2 } as const;
/** Without the prefix that each dialect has for it. */
export const ID = '0a9';
export const MODEL = 'model-2026-01-01';

export function joined(pieces: readonly string[]): string {
  return pieces.join('');
}

export function named(type: string, data: Json): SseEvent {
  return { event: type, data: { type, ...data } };
}
