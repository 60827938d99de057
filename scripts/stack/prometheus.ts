import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';
import { findProgram, startProgram } from './programs.ts';

const SOURCE = fileURLToPath(new URL('../../infrastructure/prometheus/', import.meta.url));
/** As the compose file publishes it. */
const PORT = 9091;
/** What the stack does not have. */
const ABSENT_JOB = / {2}- job_name: jaeger\n(?: {4}.*\n)*/;

export interface Targets {
  readonly gateway: string;
  readonly redis: readonly string[];
}

/** Its URL, with the project's own jobs and alerts at the addresses of this machine; null where it is not to be had. */
export async function startPrometheus(folder: string, { gateway, redis }: Targets): Promise<string | null> {
  const prometheus = findProgram('prometheus');
  if (prometheus === null) return null;
  const address = `127.0.0.1:${await freePort(PORT)}`;
  const exporter = await startExporter(redis);
  const own = join(folder, 'prometheus');
  mkdirSync(own);
  const jobs = readFileSync(join(SOURCE, 'prometheus.yml'), 'utf8')
    .replace(ABSENT_JOB, '')
    .replace('llm-edge-agent:9090', gateway)
    .replace('localhost:9090', address)
    .replace('redis-1:6379, redis-2:6379, redis-3:6379', exporter === null ? '' : redis.join(', '))
    .replace('redis-exporter:9121', exporter ?? '');
  writeFileSync(join(own, 'prometheus.yml'), jobs);
  copyFileSync(join(SOURCE, 'alerts.yml'), join(own, 'alerts.yml'));
  startProgram('Prometheus', [
    prometheus,
    `--config.file=${join(own, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(own, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  return `http://${address}`;
}

async function startExporter(redis: readonly string[]): Promise<string | null> {
  const exporter = findProgram('prometheus-redis-exporter') ?? findProgram('redis_exporter');
  if (exporter === null || redis.length === 0) return null;
  const address = `127.0.0.1:${await freePort(9121)}`;
  startProgram('redis_exporter', [exporter, '-redis.addr=', '-web.listen-address', address]);
  return address;
}
