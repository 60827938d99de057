import type { Endpoint } from '../domain/dialect.ts';
import type { Provider, Target } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { serves, servesDirectly } from './serves.ts';

export type Resolve = (model: string, endpoint: Endpoint) => Target;

/**
 * Model name -> target: `provider/model` names the provider; a bare name is found in the models a provider was
 * configured with, then by the catalogue's prefixes, then goes to the only provider there is.
 * @throws GatewayError `model_not_found`, or `invalid_request` when the provider does not serve the endpoint.
 */
export function createResolve(providers: readonly Provider[]): Resolve {
  return function resolve(model, endpoint) {
    const target = named(providers, model) ?? owned(providers, model, endpoint) ?? only(providers, model);
    if (target === null) throw notFound(providers, model);
    if (!serves(target.provider, endpoint)) throw notServed(target, providers, endpoint);
    return target;
  };
}

function named(providers: readonly Provider[], model: string): Target | null {
  const slash = model.indexOf('/');
  if (slash <= 0 || slash === model.length - 1) return null;
  const provider = providers.find(({ id }) => id === model.slice(0, slash));
  return provider === undefined ? null : { provider, model: model.slice(slash + 1) };
}

/** A provider that speaks the client's dialect goes before one that has to be translated for. */
function owned(providers: readonly Provider[], model: string, endpoint: Endpoint): Target | null {
  const owners = providers.filter(({ models }) => models.some((pattern) => matches(pattern, model)));
  const provider =
    owners.find((owner) => servesDirectly(owner, endpoint)) ??
    owners.find((owner) => serves(owner, endpoint)) ??
    owners[0];
  return provider === undefined ? null : { provider, model };
}

/** Prefixes end in `-`, like the families of model names do; anything else is a whole name. */
function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('-')
    ? model.startsWith(pattern)
    : model === pattern || model.startsWith(`${pattern}-`);
}

function only(providers: readonly Provider[], model: string): Target | null {
  const [provider, ...others] = providers.filter(({ transport }) => transport === 'network');
  if (provider === undefined || others.length > 0) return null;
  return { provider, model };
}

function notFound(providers: readonly Provider[], model: string): GatewayError {
  const ids = providers.map(({ id }) => id).join(', ') || 'none';
  return new GatewayError(
    'model_not_found',
    `No provider is configured for the model ${quote(model)}. Name one as "provider/model" (configured: ${ids}); GET /v1/models lists what there is.`,
    { param: 'model' },
  );
}

function notServed(
  { provider, model }: Target,
  providers: readonly Provider[],
  endpoint: Endpoint,
): GatewayError {
  const others = providers.filter((provider) => serves(provider, endpoint)).map(({ id }) => id);
  const hint = others.length === 0 ? '' : ` Providers that do: ${others.join(', ')}.`;
  return new GatewayError(
    'invalid_request',
    `The model ${quote(model)} is served by "${provider.id}", which has no ${endpoint} endpoint.${hint}`,
    { param: 'model' },
  );
}

function quote(model: string): string {
  return JSON.stringify(model.length > 100 ? `${model.slice(0, 100)}…` : model);
}
