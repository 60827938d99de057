import type { Flight } from '../cache/flight.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Asked } from './asked.ts';
import { type Head, headOf } from './head.ts';
import type { Keep } from './keep.ts';

/** Calls the provider for all who joined the flight, and keeps what it answers. */
export type Fly = (asked: Asked, flight: Flight<Head>) => Promise<void>;

export interface FlyDeps {
  readonly dispatch: Dispatch;
  readonly keep: Keep;
}

export function createFly({ dispatch, keep }: FlyDeps): Fly {
  return async function fly({ principal, prepared, key, directives, policy, remember }, flight) {
    // The `headers` are for the one client alone.
    const answer = await dispatch(principal, { ...prepared, headers: {}, shared: true });
    const head = headOf(answer, prepared);
    const kept = { principal, prepared, key, directives, policy, head };
    if (answer.body instanceof ReadableStream) {
      const recording = await flight.landStream(head, answer.body);
      if (recording !== null) await keep.stream(kept, recording);
    } else {
      flight.land({ head, body: answer.body });
      if (answer.body !== null) await keep.whole(kept, answer.body);
    }
    if (remember) prepared.life.hold(remember());
  };
}
