import { Command } from 'ioredis';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import type { RunScript } from '../../run-script.ts';
import type { RedisClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface RedisRunScriptOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlineMs?: number;
}

/** Scripts on one Redis or a Redis Cluster. */
export function createRedisRunScript({
  client,
  clock,
  logger,
  deadlineMs = 50,
}: RedisRunScriptOptions): RunScript {
  const guard = createGuard({
    clock,
    logger,
    name: 'Redis',
    deadlineMs,
    toFault: toStoreFault,
    // A node that refuses answers, and where there is no connection, ioredis rejects at once.
    isWell: ({ kind }) => (kind === 'unavailable' ? null : kind === 'refused'),
  });
  return async function runScript(script, keys, args) {
    const command = new Command('eval', [script, keys.length, ...keys, ...args]);
    return toText(await guard.run(client.shardOf(command), () => client.send(command)));
  };
}

function toText(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(toText);
  return reply instanceof Buffer ? reply.toString('utf8') : reply;
}
