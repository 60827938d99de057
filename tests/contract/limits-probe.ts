import { createUpstashLedger } from '../../adapters/edge/upstash/ledger.ts';
import { createUpstashLimitStore } from '../../adapters/edge/upstash/limit-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';

/** Which store, at which time, and what it is to do. */
export interface LimitsProbeTask {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs: number;
  readonly now: number;
  readonly method: keyof LimitStore | keyof Ledger;
  readonly args: readonly unknown[];
}

/** JSON that also has the numbers that JSON has not. */
export const toText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? { number: String(part) } : part,
  );
export const fromText = (text: string): unknown =>
  JSON.parse(text, (_, part: unknown) =>
    typeof part === 'object' && part !== null && 'number' in part ? Number(part.number) : part,
  );

/** A Worker that keeps limits through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { method, args, now, ...settings } = fromText(await request.text()) as LimitsProbeTask;
    const options = { ...settings, clock: createSystemClock(), logger: createMemoryLogger() };
    const driver = {
      ...createUpstashLimitStore({ ...options, now: () => now }),
      ...createUpstashLedger(options),
    };
    try {
      const run = driver[method] as (...args: readonly unknown[]) => Promise<unknown>;
      return new Response(toText({ result: await run(...args) }));
    } catch (error) {
      return new Response(toText({ error: String(error) }));
    }
  },
};
