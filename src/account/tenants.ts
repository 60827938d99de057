/** The label of a tenant in metrics. */
export type TenantLabel = (tenant: string | null) => string;

/**
 * Tenants by name that the operator configured. Others come and go with the keys that clients bring or administrators make,
 * and are one series; the ledger tells them apart.
 */
export function createTenantLabel(configured: readonly { readonly tenant: string }[]): TenantLabel {
  const known = new Set(configured.slice(0, MAX_TENANTS).map(({ tenant }) => tenant));
  return (tenant) => {
    if (tenant === null) return 'none';
    return known.has(tenant) ? tenant : 'other';
  };
}

/** So many of them are a table that somebody reads. */
const MAX_TENANTS = 100;
