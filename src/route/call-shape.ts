import type { Call, JsonObject, JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { numberOf, objectsIn } from '../json.ts';
import { estimatedUsage, tokensOfLength } from '../usage/estimate.ts';

/** An answer of usual length, for calls that do not limit it further. */
const USUAL_OUTPUT = 500;
/** OpenAI's and Anthropic's prompt caches take nothing smaller. */
const LEAST_CACHED = 1024;

/** The most output that a call asks for; 0: it does not say. */
export function askedOutput({ body: { json } }: Call): number {
  const asked = json.max_completion_tokens ?? json.max_output_tokens ?? json.max_tokens;
  return Math.max(0, numberOf(asked) ?? 0);
}

/**
 * About what a call will use: its input by size, the turns before the last one as read from a prompt cache when they are
 * long enough for one, and an answer of usual length.
 */
export function usageShape(call: Call): Usage {
  const input = inputTokens(call);
  const earlier = earlierTokens(call);
  const cacheRead = earlier < LEAST_CACHED ? 0 : Math.min(earlier, input);
  const output = Math.min(askedOutput(call) || USUAL_OUTPUT, USUAL_OUTPUT);
  return { ...estimatedUsage(input - cacheRead), cacheRead, output };
}

/** What was said up to the last answer of the model: the provider has seen it in the call before. */
function earlierTokens({ body: { json } }: Call): number {
  const items = objectsIn(Array.isArray(json.messages) ? json.messages : json.input);
  const last = items.findLastIndex(({ role }) => role === 'assistant');
  if (last === -1) return 0;
  return tokensOfLength(textLength(items.slice(0, last)) + textLength([json.system, json.instructions]));
}

/** About how many tokens the texts of a call are; files in it are not counted, since their bytes say little. */
export function inputTokens({ body: { json } }: Call): number {
  return tokensOfLength(textLength(json));
}

/** Fields that hold files, or what only their provider can read. */
const NO_TEXT = new Set(['data', 'url', 'image_url', 'file_data', 'signature', 'encrypted_content']);

type Texts = JsonObject | readonly (JsonValue | undefined)[];

/** Characters of all texts in a value. Without recursion: clients choose the depth. */
function textLength(value: Texts): number {
  let length = 0;
  const left: Texts[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const [name, inner] of Object.entries(next)) {
      if (NO_TEXT.has(name)) continue;
      if (typeof inner === 'string') length += inner.length;
      else if (typeof inner === 'object' && inner !== null) left.push(inner);
    }
  }
  return length;
}
