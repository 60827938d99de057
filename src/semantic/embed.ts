import type { Clock } from '../ports/clock.ts';
import { Breaker } from '../resilience/breaker.ts';
import { withDeadline } from '../resilience/deadline.ts';
import { consecutiveFailures } from '../resilience/trip.ts';

/** A text as a vector of length 1. Rejects when there is none to be had. */
export type Embed = (text: string, signal: AbortSignal) => Promise<Float32Array>;

/** The same, within a time; null: none in time, or none was asked for since the last ones failed. Never rejects. */
export type PatientEmbed = (embed: Embed, text: string) => Promise<Float32Array | null>;

const FAILURES = 5;
const OPEN_MS = 5_000;
const MAX_OPEN_MS = 60_000;

/** One embedding model that may be slow or gone, which is never to be felt by who does not need it. */
export function createPatientEmbed({
  clock,
  timeoutMs,
}: {
  readonly clock: Clock;
  readonly timeoutMs: number;
}): PatientEmbed {
  const breaker = new Breaker({
    clock,
    trip: consecutiveFailures(FAILURES),
    openMs: OPEN_MS,
    maxOpenMs: MAX_OPEN_MS,
  });

  return async function patientEmbed(embed, text) {
    const ticket = breaker.enter();
    if (ticket === null) return null;
    const late = new AbortController();
    try {
      const work = embed(text, late.signal);
      const vector = await withDeadline(clock, timeoutMs, work, () => new Error('no vector in time'));
      breaker.leave(ticket, true);
      return vector;
    } catch {
      late.abort();
      breaker.leave(ticket, false);
      return null;
    }
  };
}
