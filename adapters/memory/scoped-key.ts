/**
 * One string for a tenant's key, such that no two pairs ever share one: the length tells where the tenant ends,
 * whatever separators either part holds (`a:b` + `c` is not `a` + `b:c`).
 */
export function scopedKey(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}${key}`;
}
