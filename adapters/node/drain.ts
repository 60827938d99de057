import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from './server.ts';

export interface DrainOptions {
  readonly server: RunningServer;
  /** Resolves when no work is left that goes on after answers. */
  readonly backgroundIdle: () => Promise<void>;
  /** How long the port stays open first: load balancers need a moment to see the readiness fall. */
  readonly lingerMs: number;
  /** From the start of the drain, the lingering included. */
  readonly timeoutMs: number;
}

/** Longer than the way of a request that was sent when the answer before it had been read. */
const QUIET_MS = 1_000;
/** For the accounts of what was broken. */
const BACKGROUND_MS = 1_000;

/**
 * Ends a server without cutting anybody off: new requests are still answered while callers are being sent away, then
 * calls under way finish, and only what outlives `timeoutMs` is broken.
 *
 * @returns how many requests had to be broken.
 */
export async function drain(options: DrainOptions): Promise<number> {
  const { server, backgroundIdle, timeoutMs } = options;
  const lingerMs = Math.min(options.lingerMs, timeoutMs);
  server.sendAway();
  await sleep(lingerMs);
  await Promise.race([server.stop(Math.min(QUIET_MS, lingerMs)), sleep(timeoutMs - lingerMs)]);
  const broken = server.active();
  server.breakOff();
  await Promise.race([backgroundIdle(), sleep(BACKGROUND_MS)]);
  return broken;
}
