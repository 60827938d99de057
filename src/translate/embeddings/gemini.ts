import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import { objectsIn } from '../../json.ts';
import { estimatedUsage, tokensOfLength } from '../../usage/estimate.ts';
import { geminiUsage } from '../../usage/gemini.ts';
import type { Losses } from '../hub/losses.ts';
import { type EmbeddingEncoding, floatsToBase64 } from './encoding.ts';

/** A request of `/v1/embeddings` that was made a request of Gemini. */
export interface GeminiEmbeddings {
  /** Body for `:batchEmbedContents` (https://ai.google.dev/api/embeddings#method:-models.batchembedcontents). */
  readonly body: JsonObject;
  readonly texts: readonly string[];
  readonly encoding: EmbeddingEncoding;
}

/**
 * @param model as Gemini knows it, without `models/`
 * @throws GatewayError `invalid_request` for what is no text: tokens are numbers of OpenAI's own tokenizers
 */
export function writeGeminiEmbeddings(body: JsonObject, model: string, losses: Losses): GeminiEmbeddings {
  const texts = textsOf(body.input);
  const encoding = encodingOf(body.encoding_format);
  const outputDimensionality = dimensionsOf(body.dimensions);
  for (const [field, value] of Object.entries(body)) {
    if (KNOWN.has(field) || value === null || value === undefined) continue;
    if (field === 'user') losses.omitted(field);
    else losses.unsupported(field, 'it has no counterpart there');
  }
  const requests = texts.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(outputDimensionality === undefined ? {} : { outputDimensionality }),
  }));
  return { body: { requests }, texts, encoding };
}

/**
 * Gemini's answer as one of `/v1/embeddings`. Only its newer models count tokens: else the usage is estimated at four
 * characters a token, and says so in `usage.estimated`.
 *
 * @throws Error when there is not one vector for each text
 */
export function readGeminiEmbeddings(
  reply: JsonObject,
  { texts, encoding }: GeminiEmbeddings,
  model: string,
): { readonly body: JsonObject; readonly usage: Usage } {
  const vectors = objectsIn(reply.embeddings).map(({ values }) => numbersOf(values));
  if (vectors.length !== texts.length)
    throw new Error('The answer of the provider has not one vector for each text.');
  const usage = geminiUsage(reply.usageMetadata) ?? estimate(texts);
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: encoding === 'base64' ? floatsToBase64(vector) : vector,
  }));
  const tokens = usage.input + usage.cacheRead;
  return {
    body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
    usage,
  };
}

const KNOWN = new Set(['model', 'input', 'encoding_format', 'dimensions']);

function textsOf(input: JsonValue | undefined): string[] {
  const list = Array.isArray(input) ? input : [input];
  const texts = list.filter((text) => typeof text === 'string');
  if (texts.length === list.length && texts.length > 0) return texts;
  throw invalid('input', 'must be a text or a list of texts for this model: it takes no tokens');
}

function encodingOf(value: JsonValue | undefined): EmbeddingEncoding {
  if (value === undefined || value === null) return 'float';
  if (value === 'float' || value === 'base64') return value;
  throw invalid('encoding_format', 'must be "float" or "base64"');
}

function dimensionsOf(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw invalid('dimensions', 'must be a positive whole number');
}

function invalid(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `The field "${param}" ${what}.`, { param });
}

function numbersOf(values: JsonValue | undefined): number[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'number') : [];
}

function estimate(texts: readonly string[]): Usage {
  return estimatedUsage(texts.reduce((sum, { length }) => sum + tokensOfLength(length), 0));
}
