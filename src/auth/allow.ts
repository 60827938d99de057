import type { Principal } from '../domain/principal.ts';
import type { Target } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/**
 * @param route the name of the configured route that `asked` is; null: it is the name of a model.
 * @throws GatewayError `permission_denied` unless the principal may ask for that, and may use the target.
 */
export function requireModel(
  principal: Principal,
  asked: string,
  target: Target,
  route: string | null = null,
): void {
  if (!mayAsk(principal, [asked, target.model, `${target.provider.id}/${target.model}`], route)) {
    throw new GatewayError(
      'permission_denied',
      `This key may not use the model ${JSON.stringify(asked.slice(0, 100))}.`,
      { param: 'model' },
    );
  }
  requireProvider(principal, target.provider.id);
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

/**
 * Whether the principal may ask for a model or route by one of the names. Two lists are two ways: a name is allowed by
 * either of them, and without any list all names are.
 */
export function mayAsk(
  { models, routes }: Principal,
  names: readonly string[],
  route: string | null,
): boolean {
  if (models === null && routes === null) return true;
  if (route !== null && routes?.includes(route)) return true;
  return models?.some((pattern) => matchesAny(pattern, names)) ?? false;
}

export function mayUseProvider({ providers }: Principal, providerId: string): boolean {
  return providers === null || providers.includes(providerId);
}

/** The name whole, or by a pattern that ends in `*`. */
function matchesAny(pattern: string, names: readonly string[]): boolean {
  return pattern.endsWith('*')
    ? names.some((name) => name.startsWith(pattern.slice(0, -1)))
    : names.includes(pattern);
}
