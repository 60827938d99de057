import { createHash } from 'node:crypto';
import { Command } from 'ioredis';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import type { ScriptRunner } from '../../scripted-limit-store.ts';
import type { RedisClient } from './client.ts';
import { codeOf } from './connection-log.ts';
import { toStoreFault } from './faults.ts';

export interface RedisScriptRunnerOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. */
  readonly deadlineMs?: number;
}

/** Scripts by their hash: a node that does not know one is sent the text, once. */
export function createRedisScriptRunner({
  client,
  clock,
  logger,
  deadlineMs = 50,
}: RedisScriptRunnerOptions): ScriptRunner {
  const guard = createGuard({
    clock,
    logger,
    name: 'Redis (limits)',
    deadlineMs,
    toFault: toStoreFault,
    isWell: ({ kind }) => (kind === 'unavailable' ? null : kind === 'refused'),
  });
  const hashes = new Map<string, string>();

  function hashOf(text: string): string {
    const hash = hashes.get(text) ?? createHash('sha1').update(text).digest('hex');
    hashes.set(text, hash);
    return hash;
  }

  async function send(command: Command): Promise<unknown> {
    return guard.run(client.shardOf(command), () => client.send(command));
  }

  const toCommand = (name: string, args: readonly string[]) =>
    new Command(name, [...args], { replyEncoding: 'utf8' });

  return {
    command: (name, ...args) => send(toCommand(name, args)),
    script(text, keys, args) {
      const rest = [String(keys.length), ...keys, ...args];
      const command = toCommand('evalsha', [hashOf(text), ...rest]);
      return guard.run(client.shardOf(command), () =>
        client.send(command).catch((error: unknown) => {
          if (codeOf(error) !== 'NOSCRIPT') throw error;
          return client.send(toCommand('eval', [text, ...rest]));
        }),
      );
    },
  };
}
