import type { Call, JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { estimatedUsage } from '../usage/estimate.ts';

/** Output tokens that a model wrote lately where a call does not bound them, as it is known now. */
export type UsualOutput = (model: string) => number;

/** Text of one token and more has as many bytes: four letters of English, or one of Chinese. */
const BYTES_PER_TOKEN = 3;
/** What a picture or a page takes about, whatever its bytes. */
const TOKENS_PER_FILE = 1_600;
/** Shorter bodies hold no file worth telling from text. */
const SMALL_BODY = 16_384;
const FILE_LENGTH = 4_096;

/** What a call uses at most: its input, by its size, and the output that it allows, or else the usual. */
export function expectedUsage(call: Call, usual: UsualOutput): Usage {
  const input = estimatedUsage(inputTokens(call));
  if (call.endpoint === 'embeddings' || call.endpoint === 'count_tokens') return input;
  return { ...input, output: (allowedOutput(call) ?? usual(call.model)) * answers(call) };
}

/** Tokens that the call allows for one answer; null: it does not say. */
export function allowedOutput({ body: { json } }: Call): number | null {
  const named = [json.max_completion_tokens, json.max_output_tokens, json.max_tokens];
  const found = named.find((value) => typeof value === 'number' && value >= 0 && value <= 1e9);
  return typeof found === 'number' ? Math.ceil(found) : null;
}

function answers({ body: { json } }: Call): number {
  const wanted = [json.n, json.best_of].filter((value) => typeof value === 'number');
  return Math.min(128, Math.max(1, ...wanted.map((value) => Math.floor(value))));
}

function inputTokens({ body }: Call): number {
  const { byteLength } = body.bytes;
  if (byteLength <= SMALL_BODY) return Math.ceil(byteLength / BYTES_PER_TOKEN);
  const { files, length } = filesIn(body.json);
  return Math.ceil((byteLength - length) / BYTES_PER_TOKEN) + files * TOKENS_PER_FILE;
}

/** Files that lie in the body as base64: how many, and how long together. Iterative, so that no nesting is too deep. */
function filesIn(body: JsonValue): { files: number; length: number } {
  const left: (JsonValue | undefined)[] = [body];
  let [files, length] = [0, 0];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value === 'string' && isFile(value)) {
      files += 1;
      length += value.length;
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) if (part !== undefined) left.push(part);
    }
  }
  return { files, length };
}

/** No words at the beginning or in the middle. */
function isFile(text: string): boolean {
  if (text.length < FILE_LENGTH) return false;
  const middle = text.length >> 1;
  return !/\s/.test(text.slice(64, 512)) && !/\s/.test(text.slice(middle, middle + 512));
}
