import { Agent } from 'node:http';
import { ask, fresh } from './cache-rig.ts';

/** What became of calls: milliseconds of each, how many were hits, and what was no whole answer. */
export interface Stretch {
  readonly times: readonly number[];
  readonly hits: number;
  readonly failed: readonly string[];
  /** Milliseconds of the calls of the control, made in turn with those above. */
  readonly control: readonly number[];
}

export interface Load {
  /** The calls since the last time. */
  take(): Stretch;
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Is called as often and at the same time, so that it tells what the machine is at. */
  readonly control: { readonly url: string };
  /** Different calls. */
  readonly keys: number;
  /** Calls at once. */
  readonly callers: number;
}

/** Asks for the same things again and again, as fast as answers come. */
export function load(gateway: { readonly url: string }, { control, keys, callers }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true });
  const bodies = Array.from({ length: keys }, () => fresh());
  let stretch = emptyStretch();
  let turn = 0;
  let isOver = false;

  async function timed(to: { readonly url: string }, body: object) {
    const startedAt = performance.now() - heldUp();
    const answer = await ask(to, body, { agent });
    return { ...answer, ms: performance.now() - heldUp() - startedAt };
  }

  async function one(): Promise<void> {
    const body = bodies[turn++ % keys] ?? {};
    const { status, cache, text, ms } = await timed(gateway, body);
    stretch.times.push(ms);
    if (status !== 200 || !text.includes('"stop"')) stretch.failed.push(`${status} ${text}`);
    if (cache.startsWith('hit')) stretch.hits += 1;
    stretch.control.push((await timed(control, body)).ms);
  }

  async function caller(): Promise<void> {
    while (!isOver) await one().catch((error: unknown) => stretch.failed.push(String(error)));
  }

  const all = Array.from({ length: callers }, caller);
  return {
    take() {
      const taken = stretch;
      stretch = emptyStretch();
      return taken;
    },
    async stop() {
      isOver = true;
      await Promise.all(all);
      agent.destroy();
    },
  };
}

function emptyStretch() {
  return { times: [] as number[], hits: 0, failed: [] as string[], control: [] as number[] };
}

export function together(stretches: readonly Stretch[]): Stretch {
  return {
    times: stretches.flatMap(({ times }) => times),
    hits: stretches.reduce((sum, { hits }) => sum + hits, 0),
    failed: stretches.flatMap(({ failed }) => failed),
    control: stretches.flatMap(({ control }) => control),
  };
}

/** The time that this part of the calls does not exceed. */
export function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Milliseconds, up to now, in which this process did not come round: no call can be blamed for them. */
const heldUp = (() => {
  let total = 0;
  let last = performance.now();
  const excess = () => Math.max(0, performance.now() - last - 2);
  setInterval(() => {
    total += excess();
    last = performance.now();
  }, 1).unref();
  return () => total + excess();
})();
