import { METRICS } from '../../../src/account/instruments.ts';
import type { Instrument } from '../../../src/ports/metrics.ts';
import type { InstrumentSnapshot, MemoryMetrics } from '../../memory/metrics.ts';

const gauge = (name: string, help: string): Instrument => ({
  name: `llm_edge_${name}`,
  help,
  kind: 'gauge',
  labels: [],
});

/** What a process knows of itself, beside the instruments of the gateway. */
export const PROCESS_METRICS = {
  memory: gauge('memory_bytes', 'Resident memory of all processes.'),
  connections: gauge('active_connections', 'Open connections of clients.'),
  cpu: gauge('cpu_usage_percent', 'CPU time since the last scrape, of the cores that may be used.'),
};

/** What one process has to say at a scrape. */
export interface Reading {
  readonly metrics: readonly InstrumentSnapshot[];
  /** User and system time since the process began. */
  readonly cpuMicros: number;
}

/** What a process serves and holds. */
export interface Holdings {
  readonly connections: number;
  /** The cache in its memory. */
  readonly l1: { readonly entries: number; readonly bytes: number };
  /** Whether Redis is connected; null: none is used. */
  readonly redisUp: boolean | null;
}

export const NOTHING_HELD: Holdings = { connections: 0, l1: { entries: 0, bytes: 0 }, redisUp: null };

export function takeReading(metrics: MemoryMetrics, { connections, l1, redisUp }: Holdings): Reading {
  metrics.set(PROCESS_METRICS.memory, process.memoryUsage.rss(), []);
  metrics.set(PROCESS_METRICS.connections, connections, []);
  metrics.set(METRICS.cacheEntries, l1.entries, ['l1']);
  metrics.set(METRICS.cacheBytes, l1.bytes, ['l1']);
  if (redisUp !== null) metrics.set(METRICS.redisUp, redisUp ? 1 : 0, []);
  const { user, system } = process.cpuUsage();
  return { metrics: metrics.snapshot(), cpuMicros: user + system };
}
