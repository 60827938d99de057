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

export function takeReading(metrics: MemoryMetrics, connections: number): Reading {
  metrics.set(PROCESS_METRICS.memory, process.memoryUsage.rss(), []);
  metrics.set(PROCESS_METRICS.connections, connections, []);
  const { user, system } = process.cpuUsage();
  return { metrics: metrics.snapshot(), cpuMicros: user + system };
}
