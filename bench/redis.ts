/** A Redis for the scenarios of the second tier: real, on loopback, keeping nothing on disk. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type Child, CORE, freePort, start } from './children.ts';

/** What is missing to start one; null: nothing. */
export function missingForRedis(): string | null {
  return runs('redis-server') ? null : 'redis-server is not installed';
}

/** What is missing to start a cluster as the tests do. */
export function missingForCluster(): string | null {
  const missing = missingForRedis();
  if (missing !== null) return missing;
  if (!runs('redis-cli')) return 'redis-cli is not installed';
  try {
    import.meta.resolve('vitest');
    return null;
  } catch {
    return 'the packages of the tests are not installed';
  }
}

function runs(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

export async function startRedis(): Promise<Child> {
  const port = await freePort();
  const options = {
    port,
    bind: '127.0.0.1',
    dir: tmpdir(),
    save: '',
    appendonly: 'no',
    maxmemory: '128mb',
    'maxmemory-policy': 'allkeys-lru',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // It hears nothing of our end by itself, so the kernel ends it with us.
  const run = ['setpriv', '--pdeathsig', 'KILL', 'redis-server', ...args];
  return start({ name: 'redis', run, core: CORE.rig, port, env: {}, ready: /Ready to accept connections/ });
}
