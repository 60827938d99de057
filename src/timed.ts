import type { StoreOperation, StoreOperations } from './domain/record.ts';

/** Operations as they end: first those that a trace begins with, then each by itself. */
export class NotedOperations implements StoreOperations {
  readonly #done: StoreOperation[] = [];
  #late: ((operation: StoreOperation) => void) | null = null;

  add(operation: StoreOperation): void {
    if (this.#late === null) this.#done.push(operation);
    else this.#late(operation);
  }

  take(late: (operation: StoreOperation) => void): readonly StoreOperation[] {
    this.#late = late;
    return this.#done;
  }
}

/** Whose operations are noted, and by which clock (monotonic milliseconds). */
export interface Timing {
  /** Null: nothing is traced, so nothing is noted. */
  readonly operations: StoreOperations | null;
  readonly now: () => number;
}

/** Does `work` on a store, and notes when it was done. */
export function timed<T>(
  { operations, now }: Timing,
  name: StoreOperation['name'],
  work: () => Promise<T>,
): Promise<T> {
  if (operations === null) return work();
  const startedAt = now();
  const note = (failed: boolean) => operations.add({ name, startedAt, endedAt: now(), failed });
  const done = work();
  done.then(
    () => note(false),
    () => note(true),
  );
  return done;
}
