import type { RouteTable } from '../config/config.ts';
import type { Provider } from '../domain/provider.ts';
import { callNames, pricedModels } from './price-data.ts';

/** Those worth trying first; the sandbox knows more (`fail-500`, `hang`, …). */
const SANDBOX_MODELS = ['echo', 'lorem', 'slow', 'embed'];

const lists = new Map<string, readonly string[]>([['sandbox', SANDBOX_MODELS]]);

/** Concrete models that the price data knows of a provider of the catalogue, for lists and as labels. */
export function knownModels(providerId: string): readonly string[] {
  const known = lists.get(providerId);
  if (known !== undefined) return known;
  const names = [...new Set(pricedModels(providerId).flatMap(callNames))];
  // OpenRouter takes `vendor/model` only; the data also lists the models by their bare names.
  const list = providerId === 'openrouter' ? names.filter((name) => name.includes('/')) : names;
  if (list.length > 0) lists.set(providerId, list);
  return list;
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
  const listed = new Map(providers.map(({ id }) => [id, new Set(knownModels(id))]));
  const asked = new Set<string>();

  function isListed(provider: string, model: string): boolean {
    if (listed.get(provider)?.has(model) !== true) return false;
    const name = `${provider}/${model}`;
    if (asked.size < MAX_LISTED) asked.add(name);
    return asked.has(name);
  }

  return (provider, model) => {
    if (model === '') return 'none';
    return named.get(provider)?.has(model) === true || isListed(provider, model) ? model : 'other';
  };
}
