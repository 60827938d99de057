import { GatewayError } from '../errors/gateway-error.ts';

/** Which kept answers an operator wants gone. */
export type PurgeOrder =
  | { readonly tenant: string; readonly what: 'tenant' }
  | {
      readonly tenant: string;
      readonly what: 'entry' | 'model' | 'tag' | 'namespace';
      readonly name: string;
    };

const WHATS = ['entry', 'model', 'tag', 'namespace'] as const;
const TENANT = /^[A-Za-z0-9_.-]{1,64}$/;

/** `?tenant=T`, alone or with one of `entry` (its key), `model`, `tag`, `namespace`. @throws GatewayError `invalid_request` */
export function readPurge(query: string): PurgeOrder {
  const params = new URLSearchParams(query);
  const tenant = params.get('tenant') ?? '';
  if (!TENANT.test(tenant)) throw invalid('tenant', 'has to name a tenant, as the names of keys do');
  const unknown = [...params.keys()].find(
    (name) => name !== 'tenant' && !WHATS.some((what) => what === name),
  );
  if (unknown !== undefined) throw invalid(unknown, `is not known: ${WHATS.join(', ')} are`);
  const given = WHATS.flatMap((what) => {
    const name = params.get(what);
    return name === null ? [] : [{ tenant, what, name }];
  });
  const [order, another] = given;
  if (another !== undefined) throw invalid(another.what, `may not be there beside "${order?.what}"`);
  if (order === undefined) return { tenant, what: 'tenant' };
  if (order.name === '' || order.name.length > 256)
    throw invalid(order.what, 'has to be 1 to 256 characters long');
  return order;
}

function invalid(param: string, fault: string): GatewayError {
  return new GatewayError('invalid_request', `The parameter "${param}" ${fault}.`, { param });
}
