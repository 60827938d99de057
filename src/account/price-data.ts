import {
  calcPrice,
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type PriceCalculation,
} from '@pydantic/genai-prices';

/** Our provider ids where the price data has a list for them. Local servers have none. */
const DATA_IDS = new Map([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['groq', 'groq'],
  ['mistral', 'mistral'],
  ['deepseek', 'deepseek'],
  ['xai', 'x-ai'],
  ['openrouter', 'openrouter'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['cerebras', 'cerebras'],
  ['perplexity', 'perplexity'],
  ['azure-openai', 'azure'],
  ['gemini', 'google'],
  ['google', 'google'],
]);

/** All models of a provider that the price data lists. */
export function pricedModels(providerId: string): readonly ModelInfo[] {
  const id = DATA_IDS.get(providerId);
  return id === undefined ? [] : (findProvider({ providerId: id })?.models ?? []);
}

const SNAPSHOT = /[-@](?:\d{4}-\d{2}-\d{2}|20\d{6}|latest)$/;

/**
 * The prices of a model at a time (milliseconds since the epoch), in the words of the data; null when it does not know
 * the model. A snapshot that has no price of its own costs what its model costs.
 */
export function listedPrice(providerId: string, model: string, at: number): ModelPrice | null {
  const id = DATA_IDS.get(providerId);
  if (id === undefined) return null;
  const name = model.trim().toLowerCase();
  return found(id, name, at)?.model_price ?? null;
}

/** The context window that the data lists for a model, in tokens; null when it does not. */
export function listedContext(providerId: string, model: string): number | null {
  const id = DATA_IDS.get(providerId);
  if (id === undefined) return null;
  return found(id, model.trim().toLowerCase(), 0)?.model.context_window ?? null;
}

function found(providerId: string, name: string, at: number): PriceCalculation | null {
  const exact = find(providerId, name, at);
  return exact ?? (SNAPSHOT.test(name) ? find(providerId, name.replace(SNAPSHOT, ''), at) : null);
}

/** Asked with the provider's id always: by name alone the data would also answer for another provider's model. */
function find(providerId: string, name: string, at: number): PriceCalculation | null {
  try {
    const usage = { input_tokens: 0, output_tokens: 0 };
    const priced = calcPrice(usage, name, { providerId, timestamp: new Date(at) });
    return priced !== null && isMatch(name, priced.model) ? priced : null;
  } catch {
    // Data that the library cannot read is no reason to fail a call: its cost is unknown.
    return null;
  }
}

/** A version of the same model: a date, a channel, a pinned build; not another model whose name goes on. */
const VERSION = /^(?:[-@](?:latest|\d{3,8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|v\d+(?::\d+)?))*$/;
/** `ft:BASE:ORGANISATION:NAME:ID`, of which the base has the price. */
const FINE_TUNED = /^(ft:[^:]+):.*$/;

/**
 * Whether `asked` is the model that was found. The data matches by prefixes, so that `claude-sonnet-5-5` would be sold
 * at the price of `claude-sonnet-5`: what follows the prefix may only say which version of it is meant.
 */
function isMatch(asked: string, { id, match }: ModelInfo): boolean {
  const name = asked.replace(FINE_TUNED, '$1');
  return isVersion(name, id.toLowerCase()) || leaves(match).some((leaf) => namesModel(leaf, name));
}

type Leaf = Exclude<MatchLogic, { and: MatchLogic[] } | { or: MatchLogic[] }>;

/** Of several conditions that all have to hold, any may name the model: the data has checked them all. */
function leaves(match: MatchLogic): Leaf[] {
  if ('or' in match) return match.or.flatMap(leaves);
  if ('and' in match) return match.and.flatMap(leaves);
  return [match];
}

function namesModel(leaf: Leaf, name: string): boolean {
  if ('equals' in leaf) return name === leaf.equals.toLowerCase();
  if ('starts_with' in leaf) return isVersion(name, leaf.starts_with.toLowerCase());
  // An expression names a model if it spells out all of it; others only rule something out.
  return 'regex' in leaf && /^\^.*\$$/.test(leaf.regex) && new RegExp(leaf.regex).test(name);
}

function isVersion(name: string, model: string): boolean {
  return name.startsWith(model) && VERSION.test(name.slice(model.length));
}

/** The names by which a provider takes a model: its id, if the data takes it for one, else the names listed for it. */
export function callNames({ id, match }: ModelInfo): readonly string[] {
  if (/[-:/]$/.test(id)) return [];
  const all = leaves(match);
  if (all.some((leaf) => holds(leaf, id.toLowerCase()))) return [id];
  return all.flatMap((leaf) => ('equals' in leaf ? [leaf.equals] : []));
}

function holds(leaf: Leaf, name: string): boolean {
  if ('equals' in leaf) return name === leaf.equals.toLowerCase();
  if ('starts_with' in leaf) return name.startsWith(leaf.starts_with.toLowerCase());
  if ('ends_with' in leaf) return name.endsWith(leaf.ends_with.toLowerCase());
  if ('contains' in leaf) return name.includes(leaf.contains.toLowerCase());
  return new RegExp(leaf.regex).test(name);
}
