// A process that holds stores for others, on a clock that they move: what the primary of a cluster is to its workers.
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryOwnerStore } from '../../adapters/memory/owner-store.ts';
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
  /** Empties the stores. */
  renew: () => Promise<void>;
  advance: (ms: number) => Promise<void>;
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
  renew: async () => {
    stores = createStores();
  },
  advance: (ms) => stores.clock.advance(ms),
  messages: async () => messages,
  fail: () => Promise.reject(new RangeError('out of range')),
  hang: () => new Promise(() => {}),
  exit: async () => process.exit(0),
};
new Link(process, api);
