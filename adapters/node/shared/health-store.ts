import type { HealthMark, HealthSpot, HealthStore } from '../../../src/ports/health-store.ts';
import { StoreFault } from '../../../src/ports/store-fault.ts';
import type { Link } from './link.ts';

/** The marks as one process keeps them for all. */
export interface HealthApi {
  markHealth(mark: HealthMark): Promise<void>;
  clearHealth(spot: HealthSpot): Promise<void>;
  healthMarks(): Promise<readonly HealthMark[]>;
}

const DEADLINE_MS = 250;

export function healthApi({ mark, clear, marks }: HealthStore): HealthApi {
  return { markHealth: mark, clearHealth: clear, healthMarks: marks };
}

/** The marks that another process keeps for all. Its methods reject when that process does not answer in time. */
export function createSharedHealthStore(link: Link<HealthApi>): HealthStore {
  return {
    mark: (mark) => link.call('markHealth', [mark], DEADLINE_MS).catch(toFault),
    clear: (spot) => link.call('clearHealth', [spot], DEADLINE_MS).catch(toFault),
    marks: () => link.call('healthMarks', [], DEADLINE_MS).catch(toFault),
  };
}

function toFault(error: Error): never {
  throw new StoreFault('unavailable', `the primary process: ${error.message}`);
}
