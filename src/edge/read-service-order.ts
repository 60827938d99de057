import { GatewayError } from '../errors/gateway-error.ts';

/** An order to take a provider, or a target of it, out of service or back. */
export interface ServiceOrder {
  /** `provider` or `provider/model`. */
  readonly id: string;
  readonly action: 'drain' | 'restore';
}

/** From `/admin/providers/ID/ACTION`; the id may hold slashes, escaped or not. @throws GatewayError `not_found` */
export function readServiceOrder(path: string): ServiceOrder {
  const [, id = '', action] = /^\/admin\/providers\/(.+)\/(drain|restore)$/.exec(path) ?? [];
  const decoded = decode(id);
  if (decoded !== null && (action === 'drain' || action === 'restore')) return { id: decoded, action };
  throw new GatewayError(
    'not_found',
    'Ask for /admin/providers/ID/drain or /admin/providers/ID/restore; the ID is a provider, or provider/model.',
  );
}

function decode(text: string): string | null {
  try {
    return text === '' ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}
