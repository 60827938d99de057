import type { Clock } from '../../src/ports/clock.ts';
import type { HealthMark, HealthStore } from '../../src/ports/health-store.ts';
import { spotName } from '../health-spot.ts';
import { ExpiringMap } from './expiring-map.ts';

export interface MemoryHealthStoreOptions {
  readonly clock: Clock;
  readonly maxMarks?: number;
}

export function createMemoryHealthStore({ clock, maxMarks = 10_000 }: MemoryHealthStoreOptions): HealthStore {
  const marks = new ExpiringMap<HealthMark>({ clock, maxEntries: maxMarks });
  return {
    async mark({ state, subject, until }) {
      marks.set(spotName({ state, subject }), Object.freeze({ state, subject, until }), until);
    },
    async clear(spot) {
      marks.delete(spotName(spot));
    },
    async marks() {
      return marks.values();
    },
  };
}
