import type { Claim } from '../../src/domain/claim.ts';

interface Calls {
  readonly byId: Map<string, { readonly claim: Claim; readonly until: number }>;
  /** No lease is over before; it may be later, since calls end. */
  nextDue: number;
}

/** Claims that were granted and not settled, by tenant. */
export class Standing {
  readonly #tenants = new Map<string, Calls>();

  get({ tenant, id }: Claim): Claim | undefined {
    return this.#tenants.get(tenant)?.byId.get(id)?.claim;
  }

  set(claim: Claim, until: number): void {
    let calls = this.#tenants.get(claim.tenant);
    if (calls === undefined) {
      calls = { byId: new Map(), nextDue: until };
      this.#tenants.set(claim.tenant, calls);
    }
    calls.byId.set(claim.id, { claim, until });
    calls.nextDue = Math.min(calls.nextDue, until);
  }

  delete({ tenant, id }: Claim): void {
    const calls = this.#tenants.get(tenant);
    calls?.byId.delete(id);
    if (calls?.byId.size === 0) this.#tenants.delete(tenant);
  }

  hasOverdue(tenant: string, now: number): boolean {
    const calls = this.#tenants.get(tenant);
    if (calls === undefined || calls.nextDue > now) return false;
    calls.nextDue = Number.POSITIVE_INFINITY;
    for (const { until } of calls.byId.values()) calls.nextDue = Math.min(calls.nextDue, until);
    return calls.nextDue <= now;
  }

  /** The oldest first. */
  overdue(tenant: string, now: number): Claim[] {
    const over = [...(this.#tenants.get(tenant)?.byId.values() ?? [])].filter(({ until }) => until <= now);
    return over.sort((a, b) => a.until - b.until).map(({ claim }) => claim);
  }
}
