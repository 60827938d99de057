import type { Clock } from '../../ports/clock.ts';
import { UpstreamFault } from '../../ports/fetch.ts';
import type { Behaviour } from './behaviour.ts';
import type { Rendering } from './frames.ts';
import { wait } from './wait.ts';

type Body = AsyncGenerator<Uint8Array, void, undefined>;

const encoder = new TextEncoder();

/** Deltas that a model which dies in mid-stream gets out. */
const DELTAS_BEFORE_FAULT = 3;

/** A stream at the pace of the model, broken off where the model says so: one event for each pull. */
export async function* playEvents(
  rendering: Rendering,
  behaviour: Behaviour,
  clock: Clock,
  stop: AbortSignal,
): Body {
  const breaks = behaviour.fault !== null;
  let deltas = 0;
  await wait(clock, behaviour.firstMs, stop);
  for (const frame of rendering.frames()) {
    if (breaks && (deltas === DELTAS_BEFORE_FAULT || frame.kind === 'end')) {
      return yield* breakOff(rendering, behaviour, clock, stop);
    }
    await wait(clock, frame.kind === 'delta' && deltas > 0 ? behaviour.tokenMs : 0, stop);
    if (frame.kind === 'delta') deltas += 1;
    yield encoder.encode(frame.text);
  }
}

async function* breakOff(rendering: Rendering, behaviour: Behaviour, clock: Clock, stop: AbortSignal): Body {
  if (behaviour.fault?.kind === 'error_event') {
    yield encoder.encode(rendering.errorFrame());
    return;
  }
  await endBadly(behaviour, clock, stop);
}

/** A body that is no stream, or the first half of it. */
export async function* playText(body: string, behaviour: Behaviour, clock: Clock, stop: AbortSignal): Body {
  const bytes = encoder.encode(body);
  await wait(clock, 0, stop);
  if (behaviour.fault === null) {
    yield bytes;
    return;
  }
  yield bytes.subarray(0, bytes.length >> 1);
  await endBadly(behaviour, clock, stop);
}

async function endBadly(behaviour: Behaviour, clock: Clock, stop: AbortSignal): Promise<void> {
  if (behaviour.fault?.kind === 'hang_mid') return wait(clock, Number.POSITIVE_INFINITY, stop);
  throw new UpstreamFault('cut', 'the sandbox broke off in mid-answer, as its model was told to');
}
