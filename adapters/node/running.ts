import type { Config } from '../../src/index.ts';
import type { Metrics } from '../../src/ports/metrics.ts';

/** The gateway on this host, be it one process or many. */
export interface Running {
  readonly url: string;
  /** Null when metrics are switched off. */
  readonly metricsUrl: string | null;
  /** Processes that serve. */
  readonly workers: number;
  /** What this process counts. */
  readonly metrics: Metrics;
  /** Resolves when new calls are answered by it. Rejects when it is refused: the old one stays. */
  reload(config: Config): Promise<void>;
  /** Resolves when nothing is served any more and this process may end. */
  drain(lingerMs: number): Promise<void>;
}
