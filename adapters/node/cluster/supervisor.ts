import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface SupervisorOptions {
  readonly count: number;
  readonly fork: () => WorkerProcess;
  readonly onEnded: (pid: number) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A worker that served this long has nothing to do with the failures before it. */
const STEADY_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** Pause before the next start: none after a steady life, then doubling. */
export function pauseMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/** Keeps `count` workers serving. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #workers = new Set<WorkerProcess>();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get workers(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** Resolves with the URL when all serve. @throws Error in a sentence when one cannot, once all have ended. */
  async start(): Promise<string> {
    const first = Array.from({ length: this.#options.count }, () => this.#launch());
    try {
      const [url = ''] = await Promise.all(first.map(({ listening }) => listening));
      this.#phase = 'running';
      for (const worker of first) void this.#keep(worker);
      return url;
    } catch (error) {
      await this.#stop(() => {}, 0);
      throw error;
    }
  }

  /** Resolves when all have ended; those that have not after `timeoutMs` are killed. */
  drain(lingerMs: number, timeoutMs: number): Promise<void> {
    return this.#stop((worker) => worker.drain(lingerMs), timeoutMs);
  }

  async #stop(tell: (worker: WorkerProcess) => void, timeoutMs: number): Promise<void> {
    this.#phase = 'stopping';
    for (const worker of this.#workers) tell(worker);
    const allEnded = Promise.all(this.workers.map(({ ended }) => ended));
    await Promise.race([allEnded, sleep(timeoutMs)]);
    for (const worker of this.#workers) worker.kill();
    await allEnded;
  }

  /** One place among the workers: who leaves it is replaced, until all stop. */
  async #keep(first: WorkerProcess): Promise<void> {
    const { clock, logger } = this.#options;
    let failures = 0;
    for (let worker = first; ; worker = this.#launch()) {
      const startedAt = clock.monotonic();
      const reason = await worker.gone;
      if (this.#phase === 'stopping') return;
      failures = clock.monotonic() - startedAt >= STEADY_MS ? 0 : failures + 1;
      const pause = pauseMs(failures);
      logger.log('error', 'worker replaced', { pid: worker.pid, reason, pause_ms: pause });
      await sleep(pause);
      if (this.#phase !== 'running') return;
    }
  }

  #launch(): WorkerProcess {
    const worker = this.#options.fork();
    this.#workers.add(worker);
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#options.onEnded(worker.pid);
    });
    return worker;
  }
}
