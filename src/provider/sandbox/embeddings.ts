import * as z from 'zod';
import type { JsonObject } from '../../domain/call.ts';
import { ApiError } from './errors.ts';
import { read } from './read.ts';
import { countTokens } from './tokens.ts';

const tokens = z.array(z.number().int()).min(1);
const text = z.string().min(1);
const MAX_INPUTS = 2048;
const shape = z.looseObject({
  input: z.union([
    text,
    tokens,
    z.array(text).min(1).max(MAX_INPUTS),
    z.array(tokens).min(1).max(MAX_INPUTS),
  ]),
  dimensions: z.number().int().min(1).max(4096).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

const DEFAULT_DIMENSIONS = 256;
/** Numbers of one answer: about 20 MB of JSON. */
const MAX_NUMBERS = 1 << 20;
/** Dimensions that a word has a share in. */
const SHARES = 8;

/** OpenAI's Embeddings: the same text has the same unit vector, and texts with common words are near each other. */
export function embeddings(json: JsonObject, model: string): object {
  const body = read(shape, json);
  const inputs = inputsOf(body.input);
  const dimensions = body.dimensions ?? DEFAULT_DIMENSIONS;
  if (inputs.length * dimensions > MAX_NUMBERS) {
    throw new ApiError(400, `The sandbox gives at most ${MAX_NUMBERS} numbers at once.`, { param: 'input' });
  }
  const data = inputs.map((input, index) => {
    const vector = embed(input, dimensions);
    const embedding = body.encoding_format === 'base64' ? toBase64(vector) : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const total = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  return { object: 'list', data, model, usage: { prompt_tokens: total, total_tokens: total } };
}

function inputsOf(input: z.infer<typeof shape>['input']): string[] {
  if (typeof input === 'string') return [input];
  if (typeof input[0] === 'number') return [input.join(' ')];
  return input.map((one) => (Array.isArray(one) ? one.join(' ') : String(one)));
}

/** Each word pushes some dimensions that its hash chooses (feature hashing), each up or down. */
function embed(text: string, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    let hash = fnv1a(word);
    for (let share = 0; share < SHARES; share++) {
      hash = xorshift(hash);
      const at = (hash >>> 1) % dimensions;
      sums[at] = (sums[at] ?? 0) + ((hash & 1) === 0 ? 1 : -1);
    }
  }
  const length = Math.hypot(...sums);
  // Pushes may cancel out, and nothing has no direction.
  if (length === 0) return Float32Array.from(sums, (_, i) => (i === 0 ? 1 : 0));
  return Float32Array.from(sums, (sum) => sum / length);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // Zero is the one state that xorshift never leaves.
  return hash | 0 || 1;
}

function xorshift(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x | 0;
}

/** Little-endian 32-bit floats, as OpenAI has them. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [i, number] of vector.entries()) view.setFloat32(i * 4, number, true);
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}
