/**
 * One string for a tenant's key, such that no two pairs ever share one: the length tells where the tenant ends,
 * whatever separators either part holds (`a:b` + `c` is not `a` + `b:c`).
 */
export function scopedKey(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}${key}`;
}

/** Past it all are built anew. */
const MAX_KEYS = 10_000;

/** Scoped keys that are asked for again and again, each built once: a new string has to be joined and hashed before a map finds it. */
export class ScopedKeys {
  readonly #tenants = new Map<string, Map<string, string>>();
  #size = 0;

  of(tenant: string, key: string): string {
    return this.#tenants.get(tenant)?.get(key) ?? this.#build(tenant, key);
  }

  #build(tenant: string, key: string): string {
    if (this.#size >= MAX_KEYS) {
      this.#tenants.clear();
      this.#size = 0;
    }
    const keys = this.#tenants.get(tenant) ?? new Map<string, string>();
    const scoped = scopedKey(tenant, key);
    this.#tenants.set(tenant, keys.set(key, scoped));
    this.#size += 1;
    return scoped;
  }
}
