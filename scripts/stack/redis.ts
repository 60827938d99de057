import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';
import { findProgram, startProgram } from './programs.ts';

const run = promisify(execFile);
/** As the compose file publishes them. */
const PORTS = [6379, 6380, 6381];
const TRIES = 100;

/** The addresses of three nodes in a cluster that keeps nothing; null where there is no Redis to start. */
export async function startRedisCluster(folder: string): Promise<string[] | null> {
  const server = findProgram('redis-server');
  if (server === null || findProgram('redis-cli') === null) return null;
  const nodes: string[] = [];
  for (const wished of PORTS) {
    const port = await freePort(wished);
    const dir = join(folder, `redis-${port}`);
    mkdirSync(dir);
    const options = {
      port,
      bind: '127.0.0.1',
      dir,
      'cluster-port': await freePort(port + 10_000),
      save: '',
      'cluster-enabled': 'yes',
      'cluster-require-full-coverage': 'no',
      maxmemory: '128mb',
      'maxmemory-policy': 'volatile-lru',
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    startProgram('Redis', [server, ...args]);
    nodes.push(`127.0.0.1:${port}`);
  }
  for (const node of nodes) await untilSays(node, ['ping'], 'PONG');
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes'], { timeout: 30_000 });
  for (const node of nodes) await untilSays(node, ['cluster', 'info'], 'cluster_state:ok');
  return nodes;
}

async function untilSays(node: string, command: readonly string[], expected: string): Promise<void> {
  const [host = '', port = ''] = node.split(':');
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { stdout } = await run('redis-cli', ['-h', host, '-p', port, ...command]).catch(() => ({
      stdout: '',
    }));
    if (stdout.includes(expected)) return;
    await sleep(100);
  }
  throw new Error(`the Redis at ${node} does not say ${expected}`);
}
