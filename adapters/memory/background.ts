import type { Background } from '../../src/ports/background.ts';
import type { Logger } from '../../src/ports/logger.ts';

export interface MemoryBackgroundOptions {
  readonly logger: Logger;
}

export interface MemoryBackground extends Background {
  /** Resolves when nothing is pending, work started by other work included. */
  idle(): Promise<void>;
}

export function createMemoryBackground({ logger }: MemoryBackgroundOptions): MemoryBackground {
  let pending = 0;
  let waiting: (() => void)[] = [];

  const done = (): void => {
    pending--;
    if (pending > 0) return;
    const resolves = waiting;
    waiting = [];
    for (const resolve of resolves) resolve();
  };
  const failed = (error: unknown): void => {
    logger.log('error', 'background work failed', describe(error));
    done();
  };

  return {
    waitUntil(work) {
      pending++;
      work.then(done, failed);
    },
    idle: () =>
      new Promise((resolve) => {
        if (pending === 0) resolve();
        else waiting.push(resolve);
      }),
  };
}

/** Names the kind and the place only: a message may quote the data at fault (`JSON.parse` does). */
function describe(error: unknown): { error: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return frame === undefined ? { error: error.name } : { error: error.name, at: frame.trim().slice(3) };
}
