/** The gateway on this host, be it one process or many. */
export interface Running {
  readonly url: string;
  /** Null when metrics are switched off. */
  readonly metricsUrl: string | null;
  /** Processes that serve. */
  readonly workers: number;
  /** Resolves when nothing is served any more and this process may end. */
  drain(lingerMs: number): Promise<void>;
}
