/** Calls under way by subject, each until its lease is over. A counter would never forget a call that died. */
export class Slots {
  readonly #leases = new Map<string, Map<string, number>>();

  hasRoom(subject: string, limit: number, now: number): boolean {
    const leases = this.#leases.get(subject);
    if (leases === undefined || leases.size < limit) return limit > 0;
    for (const [id, until] of leases) if (until <= now) leases.delete(id);
    return leases.size < limit;
  }

  take(subject: string, id: string, until: number): void {
    const leases = this.#leases.get(subject);
    if (leases === undefined) this.#leases.set(subject, new Map<string, number>().set(id, until));
    else leases.set(id, until);
  }

  free(subject: string, id: string): void {
    const leases = this.#leases.get(subject);
    leases?.delete(id);
    if (leases?.size === 0) this.#leases.delete(subject);
  }
}
