import { pricedModels } from './price-data.ts';

/** Concrete models that are known of a provider, for lists and as labels. */
export function knownModels(providerId: string): readonly string[] {
  if (providerId === 'sandbox') return SANDBOX_MODELS;
  return pricedModels(providerId).map(({ id }) => id);
}

/** Those worth trying first; the sandbox knows more (`fail-500`, `hang`, …). */
const SANDBOX_MODELS = ['echo', 'lorem', 'slow', 'embed'];
