import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { createGuard } from '../../guard.ts';
import type { ScriptRunner } from '../../scripted-limit-store.ts';
import { createUpstashClient } from './client.ts';
import { toStoreFault } from './faults.ts';

export interface UpstashScriptRunnerOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. */
  readonly deadlineMs?: number;
}

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';

/** Scripts by their hash: a service that does not know one is sent the text, once. */
export function createUpstashScriptRunner({
  url,
  token,
  clock,
  logger,
  deadlineMs = 150,
}: UpstashScriptRunnerOptions): ScriptRunner {
  const redis = createUpstashClient({ url, token, deadlineMs });
  const guard = createGuard({
    clock,
    logger,
    name: 'Upstash (limits)',
    deadlineMs,
    toFault: toStoreFault,
    isWell: () => false,
  });
  const hashes = new Map<string, Promise<string>>();

  function hashOf(text: string): Promise<string> {
    const hash = hashes.get(text) ?? sha1(text);
    hashes.set(text, hash);
    return hash;
  }

  return {
    command: (name, ...args) => guard.run(SHARD, () => redis.exec([name, ...args])),
    async script(text, keys, args) {
      const hash = await hashOf(text);
      return guard.run(SHARD, () =>
        redis.evalsha(hash, [...keys], [...args]).catch((error: unknown) => {
          if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
          return redis.eval(text, [...keys], [...args]);
        }),
      );
    },
  };
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
