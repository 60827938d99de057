import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { withParts } from './parts.ts';

/** A count of tokens as providers send it: a number that is not negative, else as if it were not there. */
export function tokens(value: JsonValue | undefined): number {
  return isTokens(value) ? Math.round(value) : 0;
}

export function isTokens(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export interface OpenAICounts {
  /** What was read from and written to the cache included. */
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/**
 * OpenAI's counts in our buckets. Some providers report more cached than input (Azure-hosted xAI): what is cached
 * cannot be more than there was. Some charge reasoning beside the output: xAI, which the total gives away, and Gemini
 * behind Vercel's gateway, whose total leaves it out; but there is more of it than of the output it would be a part of.
 */
export function fromOpenAICounts({ input, cached, written, output, reasoning, total }: OpenAICounts): Usage {
  const cacheRead = Math.min(cached, input);
  const cacheWrite = Math.min(written, input - cacheRead);
  const reasoningApart = reasoning > output || (reasoning > 0 && total === input + output + reasoning);
  return {
    input: input - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWrite1h: 0,
    output: reasoningApart ? output + reasoning : output,
    reasoning,
    estimated: false,
  };
}

/** A usage of OpenAI's with the parts that its details name. */
export function withOpenAIParts(usage: Usage, input: JsonObject, output: JsonObject): Usage {
  return withParts(usage, {
    audioInput: tokens(input.audio_tokens),
    imageInput: tokens(input.image_tokens),
    audioOutput: tokens(output.audio_tokens),
    imageOutput: tokens(output.image_tokens),
  });
}
