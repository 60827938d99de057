import { setTimeout as sleep } from 'node:timers/promises';

/** What a poll answers with while it has nothing yet. */
type NotYet = false | null | undefined;

/**
 * Asks `check` again and again until it answers with something; what it threw last is the cause of the failure.
 * @throws Error naming `label` when `deadlineMs` (default 5000) have gone by.
 */
export async function until<T>(
  label: string,
  check: () => T | NotYet | Promise<T | NotYet>,
  { deadlineMs = 5000, everyMs = 5 }: { deadlineMs?: number; everyMs?: number } = {},
): Promise<T> {
  const endsAt = performance.now() + deadlineMs;
  for (;;) {
    const { value, cause } = await attempt(check);
    if (value !== false && value !== null && value !== undefined) return value;
    if (performance.now() > endsAt) throw new Error(`waited ${deadlineMs} ms in vain: ${label}`, { cause });
    await sleep(everyMs);
  }
}

async function attempt<T>(check: () => T | Promise<T>): Promise<{ value?: T; cause?: unknown }> {
  try {
    return { value: await check() };
  } catch (cause) {
    return { cause };
  }
}

/** The promise's own outcome. @throws Error naming `label` when it has none within `ms`. */
export async function within<T>(label: string, promise: PromiseLike<T>, ms = 5000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${label}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
