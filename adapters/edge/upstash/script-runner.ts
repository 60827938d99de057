import type { ScriptRunner } from '../../script-runner.ts';
import { createRunUpstash, type UpstashOptions } from './guarded.ts';

/**
 * Scripts by their hash: a service that does not know one is sent the text, once.
 * @param name for the log
 */
export function createUpstashScriptRunner(options: UpstashOptions, name: string): ScriptRunner {
  const run = createRunUpstash(options, name, options.deadlineMs ?? 150);
  const hashes = new Map<string, Promise<string>>();

  function hashOf(text: string): Promise<string> {
    const hash = hashes.get(text) ?? sha1(text);
    hashes.set(text, hash);
    return hash;
  }

  return {
    command: (...parts) => run((redis) => redis.exec([...parts])),
    async script(text, keys, args) {
      const hash = await hashOf(text);
      return run((redis) =>
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
