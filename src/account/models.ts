import type { RouteTable } from '../config/config.ts';
import type { Provider } from '../domain/provider.ts';
import { callNames, pricedModels } from './price-data.ts';
import { priceFileVersion } from './price-file.ts';

/** Those worth trying first; the sandbox knows more (`fail-500`, `hang`, …). */
const SANDBOX_MODELS = ['echo', 'lorem', 'slow', 'embed'];

interface Known {
  /** Of the price file that they are from. */
  readonly version: number;
  readonly names: ReadonlySet<string>;
}

const lists = new Map<string, Known>();

/** Concrete models that the price data knows of a provider of the catalogue, for lists and as labels. */
export function knownModels(providerId: string): ReadonlySet<string> {
  const version = priceFileVersion();
  const known = lists.get(providerId);
  if (known?.version === version) return known.names;
  const names = new Set(providerId === 'sandbox' ? SANDBOX_MODELS : listedModels(providerId));
  lists.set(providerId, { version, names });
  return names;
}

function listedModels(providerId: string): readonly string[] {
  const names = pricedModels(providerId).flatMap(callNames);
  // OpenRouter takes `vendor/model` only; the data also lists the models by their bare names.
  return providerId === 'openrouter' ? names.filter((name) => name.includes('/')) : names;
}

/** The label of a model in metrics. */
export type ModelLabel = (provider: string, model: string) => string;

/** A client of an aggregator could go through its whole list, and each model is some 3 kB at every scrape. */
const MAX_LISTED = 100;

/**
 * Models by a name that the operator or the price data knows; everything else a client writes is one series. Of those that
 * only the price data knows, the first that are asked.
 */
export function createModelLabel(
  providers: readonly Provider[],
  { routes }: Pick<RouteTable, 'routes'>,
): ModelLabel {
  const named = new Map(providers.map(({ id, models }) => [id, new Set(models)]));
  for (const { provider, model } of routes.flatMap(({ targets }) => targets))
    named.get(provider.id)?.add(model);
  const asked = new Set<string>();

  function isListed(provider: string, model: string): boolean {
    if (!named.has(provider) || !knownModels(provider).has(model)) return false;
    const name = `${provider}/${model}`;
    if (asked.size < MAX_LISTED) asked.add(name);
    return asked.has(name);
  }

  return (provider, model) => {
    if (model === '') return 'none';
    return named.get(provider)?.has(model) === true || isListed(provider, model) ? model : 'other';
  };
}
