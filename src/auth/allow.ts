import type { Principal } from '../domain/principal.ts';

/** True when one of the names is allowed: whole, or by a pattern that ends in `*`. */
export function mayUse({ models }: Principal, names: readonly string[]): boolean {
  if (models === null) return true;
  return models.some((pattern) =>
    pattern.endsWith('*')
      ? names.some((name) => name.startsWith(pattern.slice(0, -1)))
      : names.includes(pattern),
  );
}
