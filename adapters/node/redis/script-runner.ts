import { createHash } from 'node:crypto';
import { Command } from 'ioredis';
import type { ScriptRunner } from '../../script-runner.ts';
import { codeOf } from './connection-log.ts';
import { createRunRedis, type RedisOptions } from './guarded.ts';

/**
 * Scripts by their hash: a node that does not know one is sent the text, once.
 * @param name for the log
 */
export function createRedisScriptRunner(options: RedisOptions, name: string): ScriptRunner {
  const { client } = options;
  const run = createRunRedis(options, name, options.deadlineMs ?? 50);
  const hashes = new Map<string, string>();

  function hashOf(text: string): string {
    const hash = hashes.get(text) ?? createHash('sha1').update(text).digest('hex');
    hashes.set(text, hash);
    return hash;
  }

  const toCommand = (command: string, args: readonly (string | number)[]) =>
    new Command(command, [...args], { replyEncoding: 'utf8' });

  return {
    command: (command, ...args) => run(toCommand(command, args)),
    script(text, keys, args) {
      const rest = [keys.length, ...keys, ...args];
      const command = toCommand('evalsha', [hashOf(text), ...rest]);
      return run(command, () =>
        client.send(command).catch((error: unknown) => {
          if (codeOf(error) !== 'NOSCRIPT') throw error;
          return client.send(toCommand('eval', [text, ...rest]));
        }),
      );
    },
  };
}
