import { ApiError } from './errors.ts';

export type Fault =
  /** An error status instead of an answer. */
  | { readonly kind: 'status'; readonly status: number }
  /** After three deltas, or half of a JSON body: the connection breaks, an error event comes, or nothing more. */
  | { readonly kind: 'cut' | 'error_event' | 'hang_mid' }
  /** Not even headers. */
  | { readonly kind: 'hang' };

/** How a model of the sandbox behaves; all of it stands in its name. */
export interface Behaviour {
  readonly says: 'echo' | 'lorem';
  /** Wait before the first byte of a stream, in milliseconds. */
  readonly firstMs: number;
  /** Wait between one delta and the next, in milliseconds. */
  readonly tokenMs: number;
  readonly fault: Fault | null;
}

/**
 * What `/models` lists. `echo` says what the user said, `lorem` as many words as it may (120 by default). `slow`
 * is `echo` with 200 ms before the first token and 50 ms between tokens; `slow-2000-100` names other times.
 * `fail-` and any status from 400 to 599 is that error; the rest is said at `Fault`.
 */
export const MODELS = [
  'echo',
  'lorem',
  'slow',
  'embed',
  'fail-400',
  'fail-401',
  'fail-429',
  'fail-500',
  'fail-mid',
  'fail-mid-error',
  'hang',
  'hang-mid',
] as const;

/** At once, and without a fault. */
export const PLAIN: Behaviour = { says: 'echo', firstMs: 0, tokenMs: 0, fault: null };

/** The faults in mid-answer say `lorem`, since an echo of a short message would be over before them. */
const NAMED: Readonly<Record<string, Behaviour>> = {
  echo: PLAIN,
  lorem: { ...PLAIN, says: 'lorem' },
  embed: PLAIN,
  hang: { ...PLAIN, fault: { kind: 'hang' } },
  'fail-mid': { ...PLAIN, says: 'lorem', fault: { kind: 'cut' } },
  'fail-mid-error': { ...PLAIN, says: 'lorem', fault: { kind: 'error_event' } },
  'hang-mid': { ...PLAIN, says: 'lorem', fault: { kind: 'hang_mid' } },
};

/** Six digits: longer waits would overflow the timers of some runtimes and fire at once. */
const SLOW = /^slow(?:-(\d{1,6}))?(?:-(\d{1,6}))?$/;
const FAIL = /^fail-([45]\d\d)$/;

/** @throws ApiError 404 for a model that the sandbox does not have, 400 for one that is of no use here. */
export function behaviourOf(model: string, makes: 'text' | 'embeddings'): Behaviour {
  refuseUseless(model, makes);
  if (Object.hasOwn(NAMED, model)) return NAMED[model] ?? PLAIN;
  const slow = SLOW.exec(model);
  if (slow) return { ...PLAIN, firstMs: Number(slow[1] ?? 200), tokenMs: Number(slow[2] ?? 50) };
  const fail = FAIL.exec(model);
  if (fail) return { ...PLAIN, fault: { kind: 'status', status: Number(fail[1]) } };
  throw new ApiError(404, `The sandbox has no model "${model}". It has: ${MODELS.join(', ')}.`, {
    param: 'model',
    code: 'model_not_found',
  });
}

/** Milliseconds until the last of so many deltas is out. */
export function durationMs(behaviour: Behaviour, deltas: number): number {
  return behaviour.firstMs + behaviour.tokenMs * Math.max(0, deltas - 1);
}

/** Models that only wait or fail do so on every endpoint; those that speak do not embed, and the other way round. */
function refuseUseless(model: string, makes: 'text' | 'embeddings'): void {
  const useless = makes === 'text' ? model === 'embed' : model === 'echo' || model === 'lorem';
  if (!useless) return;
  const advice = makes === 'text' ? 'makes embeddings only; use "echo"' : 'makes no embeddings; use "embed"';
  throw new ApiError(400, `The model "${model}" ${advice}.`, { param: 'model' });
}
