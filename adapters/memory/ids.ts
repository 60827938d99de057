import type { Ids } from '../../src/ports/ids.ts';

export function createRandomIds(): Ids {
  return { next: () => crypto.randomUUID() };
}

/** `id-1`, `id-2`, …: for tests only, since anyone can guess them. */
export function createCountingIds(prefix = 'id'): Ids {
  let count = 0;
  return {
    next() {
      count += 1;
      return `${prefix}-${count}`;
    },
  };
}
