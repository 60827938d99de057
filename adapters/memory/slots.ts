import type { Clock } from '../../src/ports/clock.ts';

/** Calls under way by subject, each until its lease is over. A counter would never forget a call that died. */
export class Slots {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hasRoom(subject: string, limit: number): boolean {
    const leases = this.#leases.get(subject);
    if (leases === undefined || leases.size < limit) return limit > 0;
    const now = this.#clock.now();
    for (const [id, until] of leases) if (until <= now) leases.delete(id);
    return leases.size < limit;
  }

  take(subject: string, id: string, until: number): void {
    const leases = this.#leases.get(subject) ?? new Map<string, number>();
    this.#leases.set(subject, leases.set(id, until));
  }

  free(subject: string, id: string): void {
    const leases = this.#leases.get(subject);
    leases?.delete(id);
    if (leases?.size === 0) this.#leases.delete(subject);
  }
}
