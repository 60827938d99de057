import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { within } from './wait.ts';

export type Runtime = 'node' | 'workerd';
export const RUNTIMES: readonly Runtime[] = ['node', 'workerd'];

export interface GatewayOptions {
  readonly runtime: Runtime;
  readonly env?: Readonly<Record<string, string>>;
  /** The text of the configuration file: a file on Node, the variable itself in workerd. */
  readonly file?: string;
  /** Workers only: what the KV namespace `LLM_EDGE_KV` holds. */
  readonly kv?: Readonly<Record<string, string>>;
}

export interface RunningGateway {
  readonly url: string;
  /** Everything the gateway wrote so far: its log, and on Node its standard error. */
  logs(): string;
  /** Node only: the process, for signals and for its use of memory. */
  readonly process: ChildProcess | null;
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Tests script what a provider answers to the same call again and again. */
const NO_CACHE = { CACHE_MODE: 'off' } as const;
const START_DEADLINE_MS = 20_000;

/** The gateway as it is deployed: a process of its own on Node, the bundled Worker in the real workerd. */
export function startGateway({ runtime, env = {}, file, kv }: GatewayOptions): Promise<RunningGateway> {
  if (runtime === 'node') return file === undefined ? startNode(env) : startWithFile(env, file);
  return startWorkerd(file === undefined ? env : { ...env, LLM_EDGE_CONFIG: file }, kv);
}

async function startWithFile(env: Readonly<Record<string, string>>, text: string): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-edge-'));
  const path = join(folder, 'gateway.yaml');
  await writeFile(path, text);
  const gateway = await startNode({ ...env, LLM_EDGE_CONFIG: path });
  return {
    ...gateway,
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function startNode(env: Readonly<Record<string, string>>): Promise<RunningGateway> {
  const child = spawn(process.execPath, ['adapters/node/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      WORKERS: '1',
      ...NO_CACHE,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await within(
    'the gateway listens',
    new Promise<string>((resolve, reject) => {
      const read = (text: string) => {
        output += text;
        const match = /listening on (http:\S+)/.exec(output);
        if (match?.[1] !== undefined) resolve(match[1]);
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${output}`)));
    }),
    START_DEADLINE_MS,
  );
  return {
    url,
    process: child,
    logs: () => output,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      const kill = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await exited;
      clearTimeout(kill);
    },
  };
}

let bundle: Promise<string> | null = null;

/** The Worker as `wrangler deploy` would send it, built once for each test process. */
export function workerBundle(): Promise<string> {
  bundle ??= build({
    absWorkingDir: ROOT,
    entryPoints: ['adapters/edge/worker.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2024',
    logLevel: 'silent',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return bundle;
}

async function startWorkerd(
  env: Readonly<Record<string, string>>,
  kv?: Readonly<Record<string, string>>,
): Promise<RunningGateway> {
  let output = '';
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: await workerBundle(),
      compatibilityDate: '2026-10-23',
      compatibilityFlags: ['enable_request_signal'],
      bindings: { ...NO_CACHE, ...env },
      ...(kv === undefined ? {} : { kvNamespaces: ['LLM_EDGE_KV'] }),
      host: '127.0.0.1',
      port: 0,
      cf: false,
      handleStructuredLogs: ({ message }) => {
        output += `${message}\n`;
      },
    }),
  );
  const ready = await within('workerd listens', miniflare.ready, START_DEADLINE_MS);
  if (kv !== undefined) await fill(miniflare, kv);
  return {
    url: ready.origin,
    process: null,
    logs: () => output,
    close: () => miniflare.dispose(),
  };
}

async function fill(miniflare: Miniflare, kv: Readonly<Record<string, string>>): Promise<void> {
  // Miniflare's types speak of a KVNamespace that only the types of Workers have.
  const namespace = (await miniflare.getKVNamespace('LLM_EDGE_KV')) as unknown as {
    put(key: string, value: string): Promise<void>;
  };
  for (const [key, value] of Object.entries(kv)) await namespace.put(key, value);
}
