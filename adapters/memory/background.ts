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
  const pending = new Set<Promise<void>>();

  const settle = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      logger.log('error', 'background work failed', describe(error));
    }
  };

  return {
    waitUntil(work) {
      const tracked = settle(work).finally(() => pending.delete(tracked));
      pending.add(tracked);
    },
    async idle() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

/** Names the kind and the place only: a message may quote the data at fault (`JSON.parse` does). */
function describe(error: unknown): { error: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return frame === undefined ? { error: error.name } : { error: error.name, at: frame.trim().slice(3) };
}
