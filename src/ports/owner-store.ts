/** Who made a stored object of a provider (a Responses id): `get` and `cancel` go back to that provider only. */
export interface Owner {
  readonly provider: string;
}

/** Bindings of provider object ids, kept apart by tenant. */
export interface OwnerStore {
  bind(tenant: string, objectId: string, owner: Owner, ttlMs: number): Promise<void>;
  find(tenant: string, objectId: string): Promise<Owner | null>;
  release(tenant: string, objectId: string): Promise<void>;
}
