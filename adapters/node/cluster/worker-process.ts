import cluster from 'node:cluster';
import type { Config } from '../../../src/index.ts';
import type { HostStores } from '../deps.ts';
import type { Reading } from '../metrics/process.ts';
import { healthApi } from '../shared/health-store.ts';
import { Link } from '../shared/link.ts';
import { purgeApi } from '../shared/purges.ts';
import { DEADLINE_MS, type WorkerApi } from './api.ts';

/** A worker, as the primary sees it. */
export interface WorkerProcess {
  readonly pid: number;
  /** Its URL. Rejects with a sentence when it cannot serve. */
  readonly listening: Promise<string>;
  /** Resolves, with the reason, when it takes no connection any more: it may still finish its calls. */
  readonly gone: Promise<string>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Rejects when it is stuck. */
  reading(): Promise<Reading>;
  /** Why it is refused; null: it is not. One that is stuck does not say, and takes it on when it goes on. */
  reload(config: Config): Promise<string | null>;
  /** It ends when its calls have finished. */
  drain(lingerMs: number): void;
  kill(): void;
}

export interface ForkOptions {
  readonly config: Config;
  readonly stores: HostStores;
  readonly onReport: (pid: number, reading: Reading) => void;
}

/** Structured clone passes every value on unchanged (NaN, undefined), at the price of JSON. */
export function forkWorker({ config, stores, onReport }: ForkOptions): WorkerProcess {
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork();
  const pid = worker.process.pid ?? 0;
  const listening = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  listening.promise.catch(() => {});

  const link = new Link<WorkerApi>(worker.process, {
    ...stores.limits,
    ...stores.ledger,
    ...stores.owners,
    ...purgeApi(stores.purges),
    ...healthApi(stores.health),
    configuration: async () => config,
    listening: async (url: string) => listening.resolve(url),
    failed: async (reason: string) => {
      listening.reject(new Error(reason));
      gone.resolve(reason);
    },
    leaving: async () => gone.resolve('it is leaving'),
    report: async (reading: Reading) => onReport(pid, reading),
  });

  // Not `exit`: what it said last is read before `close`.
  worker.process.once('close', (code, signal) => {
    const reason = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
    listening.reject(new Error(`a worker process did not get as far as listening: ${reason}`));
    gone.resolve(reason);
    ended.resolve();
  });

  return {
    pid,
    listening: listening.promise,
    gone: gone.promise,
    ended: ended.promise,
    reading: () => link.call('reading', [], DEADLINE_MS),
    reload: (next) => link.call('reload', [next], DEADLINE_MS).catch(() => null),
    drain: (lingerMs) => void link.call('drain', [lingerMs], DEADLINE_MS).catch(() => {}),
    kill: () => void worker.process.kill('SIGKILL'),
  };
}
