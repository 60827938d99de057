import { randomUUID } from 'node:crypto';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import { claimsContract } from './claims.ts';
import { ledgerContract } from './ledger.ts';
import { limitStoreContract } from './limit-store.ts';

/** A driver that keeps what it is told for longer than a test, its time handed in. */
export type MakeLimits = (now: () => number) => { readonly limits: LimitStore; readonly ledger: Ledger };

/** All suites of the limits over one driver. Every test has tenants of its own, which is what an empty store is to a test. */
export function limitContracts(name: string, make: MakeLimits): void {
  const made = async () => {
    const clock = createFakeClock();
    const prefix = randomUUID();
    const { limits, ledger } = make(clock.now);
    return {
      store: inside(prefix, limits),
      limits: inside(prefix, limits),
      ledger: ofTenants(prefix, ledger),
      advance: clock.advance,
    };
  };
  limitStoreContract(name, made);
  claimsContract(name, made);
  ledgerContract(name, made);
}

function inside(prefix: string, store: LimitStore): LimitStore {
  const own = <T extends { readonly tenant: string }>(of: T): T => ({ ...of, tenant: prefix + of.tenant });
  return {
    take: (rule, cost) => store.take(own(rule), cost),
    claim: (claim) => store.claim(own(claim)),
    note: (claim, force) => store.note(own(claim), force),
    settle: ({ claim, ...rest }) => store.settle({ ...rest, claim: own(claim) }),
    async overdue(tenant, atMost) {
      const claims = await store.overdue(prefix + tenant, atMost);
      return claims.map((claim) => ({ ...claim, tenant: claim.tenant.slice(prefix.length) }));
    },
  };
}

function ofTenants(prefix: string, ledger: Ledger): Ledger {
  return {
    rows: (tenant, fromDay, toDay) => ledger.rows(prefix + tenant, fromDay, toDay),
    async tenants() {
      const own = (await ledger.tenants()).filter((tenant) => tenant.startsWith(prefix));
      return own.map((tenant) => tenant.slice(prefix.length));
    },
  };
}
