import { createUpstashHealthStore } from '../../adapters/edge/upstash/health-store.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { HealthMark, HealthStore } from '../../src/ports/health-store.ts';
import { StoreFault } from '../../src/ports/store-fault.ts';

/** Which store, and what it is to do. */
export interface HealthProbeTask {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs: number;
  readonly method: keyof HealthStore;
  /** For `clear`, its end does not matter. */
  readonly mark?: HealthMark;
}

export interface HealthProbeResult {
  readonly result?: readonly HealthMark[];
  readonly fault?: { readonly kind: string; readonly message: string };
}

/** A Worker that keeps marks through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const task = (await request.json()) as HealthProbeTask;
    try {
      return Response.json((await run(task)) satisfies HealthProbeResult);
    } catch (error) {
      const { kind, message } =
        error instanceof StoreFault ? error : { kind: 'no fault', message: `${error}` };
      return Response.json({ fault: { kind, message } } satisfies HealthProbeResult);
    }
  },
};

async function run({ method, mark, ...settings }: HealthProbeTask): Promise<HealthProbeResult> {
  const store = createUpstashHealthStore({
    ...settings,
    clock: createSystemClock(),
    logger: createMemoryLogger(),
  });
  if (method === 'marks') return { result: await store.marks() };
  if (mark === undefined) throw new TypeError('no mark');
  if (method === 'mark') await store.mark(mark);
  else await store.clear({ state: mark.state, subject: mark.subject });
  return {};
}
