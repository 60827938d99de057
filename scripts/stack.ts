/**
 * npm run stack: the gateway with what this machine has of its surroundings, without containers: a Redis Cluster of three,
 * Prometheus with the alerts, the exporter of Redis. Says what is missing. Ctrl-C ends all of it; nothing is kept.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './stack/ports.ts';
import { endAll, findProgram, onFirstEnd, startProgram } from './stack/programs.ts';
import { startPrometheus } from './stack/prometheus.ts';
import { startRedisCluster } from './stack/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-edge-stack-'));
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await endAll();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await start();
} catch (error) {
  if (!ending) console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function start(): Promise<void> {
  const nodes = await startRedisCluster(folder);
  const port = await freePort(process.env.PORT ?? 8080);
  const metricsPort = await freePort(process.env.METRICS_PORT ?? 9090);
  startProgram('the gateway', [process.execPath, 'adapters/node/main.ts'], {
    show: true,
    env: {
      ...process.env,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      ENABLE_SANDBOX: process.env.ENABLE_SANDBOX ?? 'true',
      ...(nodes === null ? {} : { REDIS_CLUSTER_NODES: nodes.join(',') }),
    },
  });
  const prometheus = await startPrometheus(folder, {
    gateway: `127.0.0.1:${metricsPort}`,
    redis: nodes ?? [],
  });
  say(port, nodes, prometheus);
  onFirstEnd((name) => {
    if (!ending) console.error(`${name} has ended, and so does the stack`);
    void end(1);
  });
}

function say(port: number, nodes: readonly string[] | null, prometheus: string | null): void {
  const rows = [
    ['gateway', `http://127.0.0.1:${port}`],
    [
      'Redis Cluster',
      nodes?.join(' ') ?? 'missing: redis-server and redis-cli (the cache is in memory alone)',
    ],
    ['Prometheus', prometheus ?? 'missing: prometheus'],
    [
      'Redis exporter',
      findProgram('prometheus-redis-exporter') ? 'yes' : 'missing: prometheus-redis-exporter',
    ],
    ['Grafana, Jaeger, Redis Commander', 'only in the compose stack (docs/deployment.md)'],
  ];
  console.log(rows.map(([name, what]) => `stack: ${name}: ${what}`).join('\n'));
}
