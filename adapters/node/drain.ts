import type { Clock } from '../../src/ports/clock.ts';
import type { RunningServer } from './server.ts';

export interface DrainOptions {
  readonly server: RunningServer;
  readonly clock: Clock;
  /** Work that goes on after answers. */
  readonly backgroundIdle: () => Promise<void>;
  /** How long the port stays open although nothing runs: load balancers need a moment to see the readiness fall. */
  readonly lingerMs: number;
  readonly timeoutMs: number;
}

const LOOK_EVERY_MS = 20;

/**
 * Ends a server without cutting anybody off: new requests are still answered while callers are being sent away, calls
 * under way finish, and only what outlives `timeoutMs` is broken.
 *
 * @returns how many requests had to be broken.
 */
export async function drain({ server, clock, backgroundIdle, lingerMs, timeoutMs }: DrainOptions): Promise<number> {
  const started = clock.monotonic();
  const elapsed = () => clock.monotonic() - started;
  server.sendAway();
  while (elapsed() < timeoutMs && (elapsed() < lingerMs || server.active() > 0)) {
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const broken = server.active();
  const stopped = server.stop();
  server.breakOff();
  await stopped;
  await Promise.race([backgroundIdle(), new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref())]);
  return broken;
}
