/** A Redis for the scenarios of the second tier: real, on loopback, keeping nothing on disk. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type Child, CORE, freePort, start } from './children.ts';

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
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
