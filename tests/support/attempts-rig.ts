import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createAttempts } from '../../src/attempts/attempts.ts';
import type { AttemptCall } from '../../src/attempts/call.ts';
import { HealthBook } from '../../src/attempts/health-book.ts';
import type { AttemptContext, FailureClass, Outcome, TryTarget } from '../../src/domain/outcome.ts';
import type { Plan, PlannedTarget, Route } from '../../src/domain/plan.ts';
import type { Provider } from '../../src/domain/provider.ts';
import { GatewayError } from '../../src/errors/gateway-error.ts';
import type { HealthSharing } from '../../src/ports/health-store.ts';
import { pause } from '../../src/resilience/backoff.ts';

/** What tests of the engine of attempts are built of: targets by name, answers by script, time by hand. */

export function provider(id: string): Provider {
  return {
    id,
    baseUrl: `http://${id}.test`,
    auth: 'bearer',
    paths: {},
    models: [],
    streamUsage: 'always',
    otelName: id,
    apiKey: `key-of-${id}`,
    apiKeys: [`key-of-${id}`],
    transport: 'network',
  };
}

/** @param id `provider/model`. */
export function target(id: string, more: Partial<PlannedTarget> = {}): PlannedTarget {
  const [name = '', model = ''] = id.split('/');
  return {
    id,
    provider: provider(name),
    model,
    weight: 1,
    tier: 0,
    tags: {},
    overrides: {},
    capabilities: null,
    contextTokens: null,
    maxConcurrency: null,
    score: 0,
    reason: '',
    ...more,
  };
}

export function plan(targets: readonly (string | PlannedTarget)[], route: Partial<Route> = {}): Plan {
  const [first, ...others] = targets.map((one) => (typeof one === 'string' ? target(one) : one));
  if (first === undefined) throw new Error('a plan has a target');
  const planned = [first, ...others] as const;
  return {
    targets: planned,
    leftOut: [],
    route: {
      name: 'route',
      configured: true,
      strategy: 'priority',
      targets: planned,
      midStream: 'off',
      hedge: false,
      fallOn: [],
      maxAttempts: 5,
      dropUnsupported: null,
      cache: null,
      ...route,
    },
  };
}

export function answer(value: string): Outcome<string> {
  return { ok: true, value };
}

/** What a client gets of it is an error whose message is `CLASS of TARGET`. */
export function failure(
  cause: FailureClass,
  of: string,
  retryAfterMs: number | null = null,
): Outcome<string> {
  const give = () => {
    throw new GatewayError('upstream_failed', `${cause} of ${of}`);
  };
  return { ok: false, failure: { class: cause, retryAfterMs, give } };
}

export interface Step {
  /** Default: at once. */
  readonly afterMs?: number;
  /** Default: an answer. */
  readonly fails?: FailureClass;
  readonly retryAfterMs?: number;
}

export interface Made {
  readonly target: string;
  readonly at: number;
  readonly context: AttemptContext;
}

export interface Rig {
  /** Steps of each target, one for each attempt; the last one stays. Without any a target answers at once. */
  readonly script?: Readonly<Record<string, readonly Step[]>>;
  /** Keys by provider; default: one each. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  readonly random?: () => number;
  readonly sharing?: HealthSharing;
  readonly clock?: ReturnType<typeof createFakeClock>;
}

/** An engine on a clock of its own, over targets that do as they are told. */
export function rig({
  script = {},
  keys = {},
  random = () => 0,
  sharing,
  clock = createFakeClock(),
}: Rig = {}) {
  const metrics = createMemoryMetrics();
  const made: Made[] = [];
  const steps = new Map(Object.entries(script).map(([id, list]) => [id, [...list]]));
  const book = new HealthBook({
    clock,
    metrics,
    sharing: sharing ?? null,
    keysOf: ({ id }) => keys[id] ?? [`key-of-${id}`],
  });
  const attempts = createAttempts(
    { clock, random, metrics, book, modelLabel: (_, model) => model },
    { firstByteMs: 60_000, idleMs: 30_000 },
  );

  const tryTarget: TryTarget<string> = async ({ id }, context) => {
    made.push({ target: id, at: clock.monotonic(), context });
    const left = steps.get(id) ?? [];
    const { afterMs = 0, fails, retryAfterMs } = (left.length > 1 ? left.shift() : left[0]) ?? {};
    try {
      if (afterMs > 0) await pause(clock, afterMs, context.signal);
    } catch {
      return failure('cancelled', id);
    }
    return fails === undefined ? answer(id) : failure(fails, id, retryAfterMs ?? null);
  };

  const call = (plan: Plan, more: Partial<AttemptCall<string>> = {}): AttemptCall<string> => {
    const endsAt = clock.monotonic() + 120_000;
    return {
      plan,
      signal: new AbortController().signal,
      tryTarget,
      promptTokens: 0,
      stream: true,
      clientCredential: false,
      leftMs: () => endsAt - clock.monotonic(),
      hold: () => {},
      ...more,
    };
  };

  /** The answer, or the message of the error. Time goes on until there is one. */
  async function run(plan: Plan, more: Partial<AttemptCall<string>> = {}): Promise<string> {
    const over = { is: false };
    const ended = attempts.run(call(plan, more)).then(
      (value) => value,
      (error: Error) => error.message,
    );
    void ended.then(() => {
      over.is = true;
    });
    await clock.advance(0);
    for (let i = 0; i < 1_000 && !over.is; i += 1) await clock.advance(100);
    return ended;
  }

  /** What each attempt was made of, as `TARGET` or `TARGET with KEY` where a provider has several. */
  const tried = () =>
    made.map(({ target, context: { apiKey } }) => {
      const [provider = ''] = target.split('/');
      return keys[provider] === undefined ? target : `${target} with ${apiKey}`;
    });

  const value = (name: string, ...labels: string[]) => {
    const series = metrics
      .snapshot()
      .find(({ instrument }) => instrument.name === `llm_edge_${name}`)?.series;
    return series?.find((one) => one.labels.join() === labels.join())?.value ?? 0;
  };

  return { clock, attempts, made, tried, run, call, value, steps };
}
