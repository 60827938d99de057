// A process that holds stores for others, on a clock that they move: what the primary of a cluster is to its workers.
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryHealthStore } from '../../adapters/memory/health-store.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryOwnerStore } from '../../adapters/memory/owner-store.ts';
import { type HealthApi, healthApi } from '../../adapters/node/shared/health-store.ts';
import { Link } from '../../adapters/node/shared/link.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import type { Owner } from '../../src/ports/owner-store.ts';

export type StoreHostApi = {
  take: LimitStore['take'];
  claim: LimitStore['claim'];
  note: LimitStore['note'];
  settle: LimitStore['settle'];
  overdue: LimitStore['overdue'];
  rows: Ledger['rows'];
  tenants: Ledger['tenants'];
  bind: (tenant: string, objectId: string, owner: Owner, ttlMs: number) => Promise<void>;
  find: (tenant: string, objectId: string) => Promise<Owner | null>;
  release: (tenant: string, objectId: string) => Promise<void>;
  markHealth: HealthApi['markHealth'];
  clearHealth: HealthApi['clearHealth'];
  healthMarks: HealthApi['healthMarks'];
  /** Empties the stores. */
  renew: () => Promise<void>;
  /** By so much the clock has moved, and the milliseconds since the epoch that it shows then. */
  advance: (ms: number) => Promise<number>;
  /** Messages that arrived so far. */
  messages: () => Promise<number>;
  fail: () => Promise<void>;
  hang: () => Promise<void>;
  exit: () => Promise<void>;
};

function createStores() {
  const clock = createFakeClock();
  const ledger = createMemoryLedger();
  return {
    clock,
    ...createMemoryLimitStore({ clock, ledger }),
    ...ledger,
    ...createMemoryOwnerStore({ clock }),
    ...healthApi(createMemoryHealthStore({ clock })),
  };
}

let stores = createStores();
let messages = 0;
process.on('message', () => {
  messages += 1;
});

const api: StoreHostApi = {
  take: (...args) => stores.take(...args),
  claim: (...args) => stores.claim(...args),
  note: (...args) => stores.note(...args),
  settle: (...args) => stores.settle(...args),
  overdue: (...args) => stores.overdue(...args),
  rows: (...args) => stores.rows(...args),
  tenants: () => stores.tenants(),
  bind: (...args) => stores.bind(...args),
  find: (...args) => stores.find(...args),
  release: (...args) => stores.release(...args),
  markHealth: (...args) => stores.markHealth(...args),
  clearHealth: (...args) => stores.clearHealth(...args),
  healthMarks: () => stores.healthMarks(),
  renew: async () => {
    stores = createStores();
  },
  async advance(ms) {
    await stores.clock.advance(ms);
    return stores.clock.now();
  },
  messages: async () => messages,
  fail: () => Promise.reject(new RangeError('out of range')),
  hang: () => new Promise(() => {}),
  exit: async () => process.exit(0),
};
new Link(process, api);
