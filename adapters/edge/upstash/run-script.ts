import type { RunScript } from '../../run-script.ts';
import { createRunUpstash, type UpstashOptions } from './guarded.ts';

/** Scripts on Upstash Redis over its REST API. */
export function createUpstashRunScript(options: UpstashOptions): RunScript {
  const run = createRunUpstash(options, 'Upstash', options.deadlineMs ?? 150);
  return (script, keys, args) => run((redis) => redis.eval(script, [...keys], [...args]));
}
