import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';

/** A count of tokens as providers send it: whole and not negative, else as if it were not there. */
export function tokens(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}

export function isTokens(value: JsonValue | undefined): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function objectAt(value: JsonValue | undefined, key: string): JsonObject {
  const inner = asObject(value)?.[key];
  return asObject(inner) ?? {};
}

export function asObject(value: JsonValue | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

export interface OpenAICounts {
  /** Cached part included. */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/**
 * OpenAI's counts in our buckets. Some providers report more cached than input (Azure-hosted xAI): what is cached
 * cannot be more than there was. xAI leaves reasoning out of the output, which the total gives away.
 */
export function fromOpenAICounts({ input, cached, output, reasoning, total }: OpenAICounts): Usage {
  const cacheRead = Math.min(cached, input);
  const reasoningApart = reasoning > 0 && total === input + output + reasoning;
  const all = reasoningApart ? output + reasoning : output;
  return {
    input: input - cacheRead,
    cacheRead,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: all,
    reasoning: Math.min(reasoning, all),
    estimated: false,
  };
}
