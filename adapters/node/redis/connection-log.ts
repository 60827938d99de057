import type { Redis } from 'ioredis';
import type { Logger } from '../../../src/ports/logger.ts';

/** One line when a connection is lost, and one when it is there again, however often it is tried in between. */
export interface ConnectionLog {
  watch(redis: Redis, name: string): void;
  /** `why`: the error, or how to find out, which is asked once. */
  down(name: string, why: Error | (() => Promise<Error>)): void;
  up(name: string): void;
}

const MAX_NAMES = 1_000;

export function createConnectionLog(logger: Logger): ConnectionLog {
  const lost = new Set<string>();
  const log: ConnectionLog = {
    watch(redis, name) {
      // Without a listener ioredis writes to the console itself.
      redis.on('error', (error) => log.down(name, error));
      redis.on('ready', () => log.up(name));
    },
    down(name, why) {
      if (lost.has(name)) return;
      // Nodes that never come back leave their names here.
      if (lost.size >= MAX_NAMES) lost.clear();
      lost.add(name);
      const tell = (error: unknown) =>
        logger.log('warn', 'no connection to Redis', { node: name, error: codeOf(error) });
      if (typeof why === 'function') void why().then(tell);
      else tell(why);
    },
    up(name) {
      if (lost.delete(name)) logger.log('info', 'connected to Redis again', { node: name });
    },
  };
  return log;
}

/** `ECONNREFUSED`, `WRONGPASS`, or what ioredis says itself. A message of Redis may quote what was sent, and stays out. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return isReply(error) ? (/^[A-Z]+(?= |$)/.exec(error.message)?.[0] ?? 'ERR') : error.message;
}

/** Redis answered, with an error. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
