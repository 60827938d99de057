/**
 * One string for a tenant's key, such that no two pairs ever share one: the length tells where the tenant ends,
 * whatever separators either part holds (`a:b` + `c` is not `a` + `b:c`).
 */
export function scopedKey(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}${key}`;
}

/** Scoped keys that are asked for again and again, each built once: a map has to hash every string that is new to it. */
export class ScopedKeys {
  readonly #maxKeys: number;
  readonly #tenants = new Map<string, Map<string, string>>();
  #size = 0;

  /** @param maxKeys past it all are built anew. */
  constructor(maxKeys = 50_000) {
    this.#maxKeys = maxKeys;
  }

  of(tenant: string, key: string): string {
    return this.#tenants.get(tenant)?.get(key) ?? this.#build(tenant, key);
  }

  get size(): number {
    return this.#size;
  }

  #build(tenant: string, key: string): string {
    if (this.#size >= this.#maxKeys) this.#clear();
    const scoped = scopedKey(tenant, key);
    const keys = this.#tenants.get(tenant) ?? new Map<string, string>();
    this.#tenants.set(tenant, keys.set(key, scoped));
    this.#size += 1;
    return scoped;
  }

  #clear(): void {
    this.#tenants.clear();
    this.#size = 0;
  }
}
