import type { Principal } from '../domain/principal.ts';
import type { Target } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** @throws GatewayError `permission_denied` unless the principal may use the model, by any of its names. */
export function requireModel(principal: Principal, asked: string, target: Target): void {
  if (mayUse(principal, [asked, target.model, `${target.provider.id}/${target.model}`])) return;
  throw new GatewayError(
    'permission_denied',
    `This key may not use the model ${JSON.stringify(asked.slice(0, 100))}.`,
    { param: 'model' },
  );
}

/** True when one of the names is allowed: whole, or by a pattern that ends in `*`. */
export function mayUse({ models }: Principal, names: readonly string[]): boolean {
  if (models === null) return true;
  return models.some((pattern) =>
    pattern.endsWith('*')
      ? names.some((name) => name.startsWith(pattern.slice(0, -1)))
      : names.includes(pattern),
  );
}
