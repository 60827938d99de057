import type { JsonObject } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { estimatedUsage } from './estimate.ts';
import { withParts } from './parts.ts';
import { responsesUsage } from './responses.ts';

const NO_TOKENS: Usage = { ...estimatedUsage(0), estimated: false };

/**
 * What an answer of the Images API used: its pictures, and the tokens of models that count them
 * (https://platform.openai.com/docs/api-reference/images/object). Null: it holds no picture.
 */
export function imagesUsage({ data, usage }: JsonObject): Usage | null {
  if (!Array.isArray(data) || data.length === 0) return null;
  const counted = responsesUsage(usage) ?? NO_TOKENS;
  const { audioInput = 0, imageInput = 0 } = counted.parts ?? {};
  // All that is written is a picture.
  return withParts(counted, { audioInput, imageInput, imageOutput: counted.output, images: data.length });
}
