import { createUpstashScriptRunner } from '../../adapters/edge/upstash/script-runner.ts';
import { createSystemClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { RunScript } from '../../adapters/script-runner.ts';
import { createScriptedKeyStore } from '../../adapters/scripted-key-store.ts';
import { createScriptedSecrets } from '../../adapters/scripted-secrets.ts';

/** Which store, and what it is to do. */
export interface StoreProbeTask {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs: number;
  /** In front of all keys: what an empty store is to a test. */
  readonly prefix: string;
  readonly store: 'keys' | 'secrets';
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The same scripts on keys of their own. A prefix without braces leaves the slot to the tag behind it. */
export function withPrefix(run: RunScript, prefix: string): RunScript {
  return (script, keys, args) =>
    run(
      script,
      keys.map((key) => prefix + key),
      args,
    );
}

/** A Worker that keeps keys and secrets through the drivers, where they are at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { store, method, args, prefix, ...settings } = (await request.json()) as StoreProbeTask;
    const clock = createSystemClock();
    const run = withPrefix(
      createUpstashScriptRunner({ ...settings, clock, logger: createMemoryLogger() }, 'Upstash').script,
      prefix,
    );
    const made = { keys: createScriptedKeyStore(run), secrets: createScriptedSecrets(run) }[store];
    const call = new Map<string, (...args: never[]) => Promise<unknown>>(Object.entries(made)).get(method);
    if (call === undefined) return Response.json({ fault: `no method ${method}` });
    try {
      return Response.json({ result: (await call(...(args as never[]))) ?? null });
    } catch (error) {
      return Response.json({ fault: String(error) });
    }
  },
};
