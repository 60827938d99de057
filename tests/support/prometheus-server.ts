import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { unusedPort } from './ports.ts';
import { dyingWithUs, isCi } from './redis-cluster.ts';
import { until } from './wait.ts';

type Program = 'prometheus' | 'promtool' | 'prometheus-redis-exporter';
const PROGRAMS: readonly Program[] = ['prometheus', 'promtool', 'prometheus-redis-exporter'];
/** Where scripts/setup.mjs unpacks them. */
const UNPACKED = fileURLToPath(new URL('../../node_modules/.cache/debian/usr/bin', import.meta.url));
const run = promisify(execFile);

/** The path of a program. @throws Error when it is not on this machine. */
export function program(name: Program): string {
  const found = find(name);
  if (found === null) throw new Error(`${name} is needed here: node scripts/setup.mjs test`);
  return found;
}

/** Runs the suite where Prometheus is there. Without it the suite is skipped and says so, or fails under CI. */
export function describeWithPrometheus(name: string, suite: () => void): void {
  const missing = PROGRAMS.filter((one) => find(one) === null);
  if (missing.length === 0) describe(name, suite);
  else if (isCi()) describe(name, () => it(`needs ${missing.join(', ')}`, () => void missing.map(program)));
  else
    describe.skip(
      `${name} (skipped: no ${missing.join(', ')}; node scripts/setup.mjs test brings them)`,
      suite,
    );
}

/** What promtool said. @throws Error with it when promtool found a fault. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const failed = (error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`promtool ${args.join(' ')}:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  };
  const { stdout, stderr } = await run(program('promtool'), [...args]).catch(failed);
  return stdout + stderr;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusServer {
  readonly url: string;
  /** @throws Error with what Prometheus says of the query. */
  query(expr: string): Promise<Series[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<Set<string>>;
  close(): Promise<void>;
}

/** The real Prometheus. `files`: prometheus.yml and what it names, by file name, for its own address. */
export async function startPrometheus(
  files: (address: string) => Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const address = `127.0.0.1:${await unusedPort()}`;
  for (const [name, text] of Object.entries(files(address))) writeFileSync(join(folder, name), text);
  const child = dyingWithUs(program('prometheus'), [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=error',
  ]);
  const url = `http://${address}`;
  const query = (expr: string) => ask(url, expr);
  const close = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilServed('Prometheus', child, `${url}/-/ready`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    query,
    async firing() {
      const series = await query('ALERTS{alertstate="firing"}');
      return new Set(series.map(({ metric }) => metric.alertname ?? ''));
    },
    close,
  };
}

export interface Exporter {
  readonly address: string;
  close(): Promise<void>;
}

/** The exporter that is told with each scrape which Redis to ask. */
export async function startRedisExporter(): Promise<Exporter> {
  const address = `127.0.0.1:${await unusedPort()}`;
  const child = dyingWithUs(program('prometheus-redis-exporter'), [
    '-redis.addr=',
    '-web.listen-address',
    address,
  ]);
  await untilServed('redis_exporter', child, `http://${address}/`);
  return { address, close: () => end(child) };
}

async function ask(url: string, expr: string): Promise<Series[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr }),
  });
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data?: {
      resultType: string;
      result: readonly { metric: Record<string, string>; value: [number, string] }[];
    };
  };
  if (answer.status !== 'success' || answer.data === undefined) throw new Error(`${expr}: ${answer.error}`);
  if (answer.data.resultType !== 'vector') throw new Error(`${expr}: a ${answer.data.resultType}, no vector`);
  return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

function untilServed(name: string, child: ChildProcess, url: string): Promise<true> {
  const check = async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    return (await fetch(url)).ok || null;
  };
  return until(`${name} serves`, check, { deadlineMs: 30_000, everyMs: 50 });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function find(name: Program): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), UNPACKED];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
