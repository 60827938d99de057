import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { until } from './wait.ts';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
  /** Of the redis-server itself; another one after a restart. */
  readonly pid: number;
}

export interface RedisCluster {
  readonly nodes: readonly RedisNode[];
  /** Sends the signal (SIGKILL) and returns at once. SIGSTOP and SIGCONT make a node hang and go on. */
  kill(index: number, signal?: NodeJS.Signals): void;
  /** Ends the node if it still runs, starts it with its old id and slots, and waits until all nodes see it. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const slots = 16_384;
const nodeTimeoutMs = 3000;
const formDeadlineMs = 30_000;
const startAttempts = 3;
const run = promisify(execFile);

/** Runs the suite where redis-server is installed. Without it the suite is skipped and says so, or fails under CI. */
export function describeWithRedis(name: string, suite: () => void): void {
  if (isInstalled('redis-server') && isInstalled('redis-cli')) describe(name, suite);
  else if (isCi()) describe(name, () => it('needs redis-server and redis-cli', missingRedis));
  else describe.skip(`${name} (skipped: redis-server or redis-cli is not installed)`, suite);
}

/**
 * A Redis Cluster of masters without replicas on loopback. Nothing is kept beyond the death of a node, unless `durable`: then each
 * write is on disk before it is answered. The slots of a dead node are refused while the others answer. The processes end with `stop()`, and with the test runner.
 * Throws if the nodes do not start or agree within 30 s.
 */
export async function startRedisCluster({
  nodes = 3,
  durable = false,
}: {
  nodes?: number;
  durable?: boolean;
} = {}): Promise<RedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-cluster-'));
  const servers = Array.from(
    { length: nodes },
    (_, i) => new RedisServer(join(folder, `node-${i}`), durable),
  );
  const stop = async () => {
    await Promise.all(servers.map((server) => server.end()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(servers.map((server) => server.startOnFreePorts()));
    await form(servers);
  } catch (error) {
    await stop();
    throw error;
  }
  const restart = async (index: number) => {
    await at(servers, index).end();
    await at(servers, index).start();
    await agreement(servers.filter(({ isRunning }) => isRunning));
  };
  return { nodes: servers, kill: (index, signal) => at(servers, index).signal(signal), restart, stop };
}

/** What `redis-cli --cluster create` does, over servers that are fresh: slots and epochs first, then the meeting. */
async function form(servers: readonly RedisServer[]): Promise<void> {
  const [first, ...others] = servers;
  if (first === undefined) throw new Error('a cluster needs at least one node');
  for (const [i, server] of servers.entries()) {
    const range = [(slots * i) / servers.length, (slots * (i + 1)) / servers.length].map(Math.floor);
    await server.ask('cluster', 'addslotsrange', String(range[0]), String((range[1] ?? slots) - 1));
    await server.ask('cluster', 'set-config-epoch', String(i + 1));
  }
  for (const { port, busPort } of others) {
    await first.ask('cluster', 'meet', host, String(port), String(busPort));
  }
  await agreement(servers);
}

/** Waits until each of the servers reports a healthy cluster with all of them connected in it. */
async function agreement(servers: readonly RedisServer[]): Promise<void> {
  const ports = servers.map(({ port }) => port);
  const check = async () => {
    await Promise.all(servers.map((server) => requireAgreement(server, ports)));
    return true;
  };
  await until('every node sees the cluster as ok', check, { deadlineMs: formDeadlineMs, everyMs: 50 });
}

async function requireAgreement(server: RedisServer, ports: readonly number[]): Promise<void> {
  const info = await server.ask('cluster', 'info');
  const nodes = (await server.ask('cluster', 'nodes')).split('\n');
  const linked = nodes.filter((line) => line.includes(' connected ') && !/fail|handshake|noaddr/.test(line));
  const seesAll = ports.every((port) => linked.some((line) => line.includes(`:${port}@`)));
  if (info.includes('cluster_state:ok') && seesAll) return;
  throw new Error(`the node on port ${server.port} says:\n${info}\n${nodes.join('\n')}`);
}

class RedisServer implements RedisNode {
  readonly host = host;
  port = 0;
  busPort = 0;
  private child: ChildProcess | undefined;
  private readonly folder: string;

  private readonly durable: boolean;

  constructor(folder: string, durable: boolean) {
    this.folder = folder;
    this.durable = durable;
    mkdirSync(folder);
  }

  get pid(): number {
    return this.child?.pid ?? -1;
  }

  get isRunning(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** A port found free may be taken a moment later by another test: then others are tried. */
  async startOnFreePorts(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      [this.port, this.busPort] = await freePorts();
      try {
        return await this.start();
      } catch (error) {
        if (attempt === startAttempts) throw error;
      }
    }
  }

  async start(): Promise<void> {
    const child = dyingWithUs('redis-server', this.options());
    const killAtExit = () => child.kill('SIGKILL'); // where the kernel does not do it for us
    process.once('exit', killAtExit);
    child.once('exit', () => process.off('exit', killAtExit));
    child.once('error', () => undefined); // then it has no pid and counts as not running
    this.child = child;
    const check = async () => !this.isRunning || (await this.ask('ping')) === 'PONG';
    await until(`redis-server answers on port ${this.port}`, check, { deadlineMs: 10_000, everyMs: 20 });
    if (!this.isRunning) throw new Error(`redis-server did not start:\n${this.log()}`);
  }

  private options(): string[] {
    const settings = {
      bind: host,
      port: this.port,
      dir: this.folder,
      logfile: 'redis.log',
      save: '',
      appendonly: this.durable ? 'yes' : 'no',
      appendfsync: 'always',
      'cluster-enabled': 'yes',
      'cluster-port': this.busPort,
      'cluster-config-file': 'nodes.conf',
      'cluster-node-timeout': nodeTimeoutMs,
      'cluster-require-full-coverage': 'no',
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  }

  private log(): string {
    try {
      return readFileSync(join(this.folder, 'redis.log'), 'utf8').split('\n').slice(-8).join('\n');
    } catch {
      return '(it wrote no log)';
    }
  }

  /** One command through redis-cli; its error text is an answer too, and an unreachable server answers nothing. */
  async ask(...command: string[]): Promise<string> {
    const args = ['-h', host, '-p', String(this.port), ...command];
    const { stdout } = await run('redis-cli', args, { timeout: 2000 }).catch(() => ({ stdout: '' }));
    return stdout.trim();
  }

  signal(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child?.kill(signal);
  }

  async end(): Promise<void> {
    const child = this.child;
    if (child === undefined || !this.isRunning) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}

/** On Linux the kernel kills the child when we die, however that happens; elsewhere the `exit` event has to do. */
export function dyingWithUs(command: string, args: readonly string[]): ChildProcess {
  const options = { stdio: 'ignore' } as const;
  if (!isInstalled('setpriv')) return spawn(command, args, options);
  return spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], options); // execs: the pid is redis-server's
}

/** Two ports that nothing listens on: of clients, and of the cluster bus (by default port + 10000, perhaps taken). */
async function freePorts(): Promise<[number, number]> {
  const listeners = [createServer(), createServer()];
  const ports = await Promise.all(listeners.map((listener) => portOf(listener)));
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

function portOf(listener: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, host, () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function at(servers: readonly RedisServer[], index: number): RedisServer {
  const server = servers[index];
  if (server === undefined) throw new RangeError(`no node ${index} in a cluster of ${servers.length}`);
  return server;
}

export function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function isCi(): boolean {
  return ![undefined, '', '0', 'false'].includes(process.env.CI);
}

function missingRedis(): never {
  throw new Error('redis-server 7 and redis-cli are needed here (Debian: apt-get install redis-server)');
}
