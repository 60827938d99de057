import type { CallLife } from '../call-life.ts';
import type { Call } from '../domain/call.ts';

/** A call that may have been made before. */
export interface OnceCall {
  readonly life: CallLife;
  /** As the client sent it. */
  readonly call: Call;
  /** More headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
}
