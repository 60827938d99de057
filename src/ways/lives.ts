import { METRICS } from '../account/instruments.ts';
import type { Settle } from '../account/settle.ts';
import { CallLife } from '../call-life.ts';
import type { Config } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Incoming } from '../domain/call.ts';
import type { CallRecord } from '../domain/record.ts';
import type { RequestTrace } from '../domain/trace.ts';
import { callTimeoutMs } from '../edge/call-timeout.ts';
import type { Background } from '../ports/background.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { createStartTrace, randomHex, spanBelow } from '../trace/start-trace.ts';

/** What is known of a call that is made once more. */
export type Known = Pick<CallRecord, 'principal' | 'call' | 'target' | 'tags' | 'custody'> & {
  /** Below whose span it is; null: nothing is traced. */
  readonly trace: RequestTrace | null;
};

/** Begins the lives of requests. */
export interface Lives {
  begin(incoming: Incoming, background: Background): CallLife;
  /** The life of a call that is made once more, for nobody. */
  aside(incoming: Incoming, background: Background, known: Known): CallLife;
  /** What every way has around it: a life, and an answer whatever happens. Never rejects. */
  run(incoming: Incoming, background: Background, way: (life: CallLife) => Promise<Answer>): Promise<Answer>;
}

export function createLives(
  { clock, ids, logger, metrics }: GatewayDeps,
  settle: Settle,
  { timeouts: { totalMs }, telemetry }: Pick<Config, 'timeouts' | 'telemetry'>,
): Lives {
  const startTrace = createStartTrace(telemetry, randomHex);

  function begin(incoming: Incoming, background: Background, below?: RequestTrace | null): CallLife {
    metrics.add(METRICS.activeRequests, 1, []);
    const ownMs = callTimeoutMs(incoming.headers, totalMs);
    const start = below === undefined ? startTrace : () => below && spanBelow(below);
    const own = { clock, logger, settle, startTrace: start, totalMs: ownMs };
    return new CallLife(own, incoming, ids.next(), background);
  }

  return {
    begin,
    aside(incoming, background, { trace, ...known }) {
      const { signal } = new AbortController();
      const life = begin({ ...incoming, signal, startedAt: clock.monotonic() }, background, trace);
      Object.assign(life.record, known, { isAside: true });
      return life;
    },
    async run(incoming, background, way) {
      const life = begin(incoming, background);
      try {
        return await way(life);
      } catch (fault) {
        return life.refuse(fault);
      }
    },
  };
}
