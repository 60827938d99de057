import type { Claim } from '../../src/domain/claim.ts';
import type { Clock } from '../../src/ports/clock.ts';

interface Calls {
  readonly byId: Map<string, { readonly claim: Claim; readonly until: number }>;
  /** No lease is over before; it may be later, since calls end. */
  nextDue: number;
}

/** Claims that were granted and not settled, by tenant. */
export class Standing {
  readonly #clock: Clock;
  readonly #tenants = new Map<string, Calls>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get({ tenant, id }: Claim): Claim | undefined {
    return this.#tenants.get(tenant)?.byId.get(id)?.claim;
  }

  set(claim: Claim, until: number): void {
    const calls = this.#tenants.get(claim.tenant) ?? { byId: new Map(), nextDue: until };
    calls.byId.set(claim.id, { claim, until });
    calls.nextDue = Math.min(calls.nextDue, until);
    this.#tenants.set(claim.tenant, calls);
  }

  delete({ tenant, id }: Claim): void {
    const calls = this.#tenants.get(tenant);
    calls?.byId.delete(id);
    if (calls?.byId.size === 0) this.#tenants.delete(tenant);
  }

  hasOverdue(tenant: string): boolean {
    const calls = this.#tenants.get(tenant);
    if (calls === undefined || calls.nextDue > this.#clock.now()) return false;
    calls.nextDue = Math.min(...Array.from(calls.byId.values(), ({ until }) => until));
    return calls.nextDue <= this.#clock.now();
  }

  /** The oldest first. */
  overdue(tenant: string): Claim[] {
    const now = this.#clock.now();
    const over = [...(this.#tenants.get(tenant)?.byId.values() ?? [])].filter(({ until }) => until <= now);
    return over.sort((a, b) => a.until - b.until).map(({ claim }) => claim);
  }
}
