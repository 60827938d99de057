import type { Clock } from '../../src/ports/clock.ts';
import type { HealthMark, HealthStore } from '../../src/ports/health-store.ts';
import { ExpiringMap } from './expiring-map.ts';

export interface MemoryHealthStoreOptions {
  readonly clock: Clock;
  readonly maxTargets?: number;
}

/** The last mark of a target stands until it lapses or is cleared. */
export function createMemoryHealthStore({
  clock,
  maxTargets = 10_000,
}: MemoryHealthStoreOptions): HealthStore {
  const marks = new ExpiringMap<HealthMark>({ clock, maxEntries: maxTargets });
  return {
    async mark({ target, state, until }) {
      marks.set(target, Object.freeze({ target, state, until }), until);
    },
    async clear(target) {
      marks.delete(target);
    },
    async marks() {
      return marks.values();
    },
  };
}
