import type { Command } from 'ioredis';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import type { RedisClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface RedisOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. */
  readonly deadlineMs?: number;
}

/**
 * One operation, within its deadline and behind the breaker of its node: sends the command, or does `work` on its node.
 * @throws StoreFault
 */
export type RunRedis = (command: Command, work?: () => Promise<unknown>) => Promise<unknown>;

/** @param name for the log */
export function createRunRedis(
  { client, clock, logger }: RedisOptions,
  name: string,
  deadlineMs: number,
): RunRedis {
  const guard = createGuard({
    clock,
    logger,
    name,
    deadlineMs,
    toFault: toStoreFault,
    // A node that refuses answers, and where there is no connection, ioredis rejects at once.
    isWell: ({ kind }) => (kind === 'unavailable' ? null : kind === 'refused'),
  });
  return (command, work = () => client.send(command)) => guard.run(client.shardOf(command), work);
}
