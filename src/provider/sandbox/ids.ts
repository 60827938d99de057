import type { Clock } from '../../ports/clock.ts';

export interface SandboxIds {
  /** `chatcmpl-` gives `chatcmpl-sandbox-<time>-<n>`: never twice the same in one sandbox. */
  next(prefix: string): string;
  /** Seconds since the epoch, as OpenAI's `created` has them. */
  seconds(): number;
}

export function createIds(clock: Clock): SandboxIds {
  let count = 0;
  return {
    next(prefix) {
      count += 1;
      const separator = prefix.at(-1) === '-' ? '-' : '_';
      return `${prefix}sandbox${separator}${Math.floor(clock.now()).toString(36)}${separator}${count}`;
    },
    seconds: () => Math.floor(clock.now() / 1000),
  };
}
