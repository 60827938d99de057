import { findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices';

/** Our provider ids where the price data has another name for them. Those without a price list are not here. */
const DATA_IDS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  groq: 'groq',
  mistral: 'mistral',
  deepseek: 'deepseek',
  xai: 'x-ai',
  openrouter: 'openrouter',
  together: 'together',
  fireworks: 'fireworks',
  cerebras: 'cerebras',
  perplexity: 'perplexity',
  'azure-openai': 'azure',
  gemini: 'google',
};

/** What the price data calls a provider; null when it does not know it. */
export function priceDataId(providerId: string): string | null {
  return Object.hasOwn(DATA_IDS, providerId) ? (DATA_IDS[providerId] ?? null) : null;
}

/** Models of a provider by the ids of the price data. */
export function pricedModels(providerId: string): readonly ModelInfo[] {
  const id = priceDataId(providerId);
  return id === null ? [] : (findProvider({ providerId: id })?.models ?? []);
}

/** A version of the same model: a date, a channel, a pinned build; not another model whose name goes on. */
const VERSION =
  /^(?:[-@](?:latest|\d{4,8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|v\d+(?::\d+)?|\d{3}))*(?::[\w-]+)?$/;

/**
 * Whether `asked` is the model that was matched. The data matches by prefixes, so that `claude-sonnet-5-5` would be sold
 * at the price of `claude-sonnet-5`: what follows the prefix may only say which version of it is meant.
 */
export function isMatch(asked: string, model: ModelInfo): boolean {
  const name = asked.toLowerCase();
  return (
    isVersion(name, model.id.toLowerCase()) || leaves(model.match).some((leaf) => matchesLeaf(name, leaf))
  );
}

type Leaf = Exclude<MatchLogic, { and: MatchLogic[] } | { or: MatchLogic[] }>;

/** Of several conditions that all have to hold, any may name the model: the data has checked them all. */
function leaves(match: MatchLogic): Leaf[] {
  if ('or' in match) return match.or.flatMap(leaves);
  if ('and' in match) return match.and.flatMap(leaves);
  return [match];
}

function matchesLeaf(name: string, leaf: Leaf): boolean {
  if ('equals' in leaf) return name === leaf.equals.toLowerCase();
  if ('regex' in leaf) return new RegExp(leaf.regex).test(name);
  if ('starts_with' in leaf) return isVersion(name, leaf.starts_with.toLowerCase());
  return false;
}

function isVersion(name: string, model: string): boolean {
  return name.startsWith(model) && VERSION.test(name.slice(model.length));
}
