import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/**
 * Whether the principal may ask for a model or a route by one of the names. Two lists are two ways: a name is allowed by
 * either of them, and without any list all names are.
 */
export function mayUse({ models, routes }: Principal, names: readonly string[]): boolean {
  if (models === null && routes === null) return true;
  if (names.some((name) => routes?.includes(name))) return true;
  return models?.some((pattern) => matchesAny(pattern, names)) ?? false;
}

export function mayUseProvider({ providers }: Principal, providerId: string): boolean {
  return providers === null || providers.includes(providerId);
}

/** Whether one of the names, in the form `provider/model`, is of a provider that the principal may use. */
export function mayReach({ providers }: Principal, names: readonly string[]): boolean {
  return providers === null || providers.some((id) => names.some((name) => name.startsWith(`${id}/`)));
}

/** @throws GatewayError `permission_denied` unless the principal may use the provider. */
export function requireProvider(principal: Principal, providerId: string): void {
  if (mayUseProvider(principal, providerId)) return;
  throw new GatewayError('permission_denied', `This key may not use the provider "${providerId}".`);
}

/**
 * A path of a provider whose body nobody reads: a list of models or routes cannot be enforced on it.
 * @throws GatewayError `permission_denied`
 */
export function requireUnreadPaths({ models, routes }: Principal): void {
  if (models === null && routes === null) return;
  throw new GatewayError(
    'permission_denied',
    `This key is limited to certain ${models === null ? 'routes' : 'models'}, so it may not use pass-through paths.`,
  );
}

/** The name whole, or by a pattern that ends in `*`. */
function matchesAny(pattern: string, names: readonly string[]): boolean {
  return pattern.endsWith('*')
    ? names.some((name) => name.startsWith(pattern.slice(0, -1)))
    : names.includes(pattern);
}
