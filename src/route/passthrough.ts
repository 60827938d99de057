import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** The provider of a path that no body names one for. @throws GatewayError `not_found` */
export function passthroughProvider(providers: readonly Provider[], asked: string | null): Provider {
  const provider =
    asked === null
      ? providers.find(({ paths }) => paths.chat !== undefined)
      : providers.find(({ id }) => id === asked);
  if (provider !== undefined) return provider;
  const ids = providers.map(({ id }) => id).join(', ') || 'none';
  const name = asked === null ? 'that speaks OpenAI' : JSON.stringify(asked.slice(0, 64));
  throw new GatewayError('not_found', `No provider ${name} is configured (configured: ${ids}).`);
}
