import type { Call, CallBody, JsonObject } from '../domain/call.ts';
import type { Target } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { convertEmbeddings } from './embeddings/convert-reply.ts';
import { embeddingsEdits } from './embeddings/edit-request.ts';
import { unsealBody } from './foreign-seals.ts';
import { refuseThread } from './hub/threads.ts';
import { closingBrace, type Member, topLevelMembers } from './members.ts';

const encoder = new TextEncoder();

/** A request body for a provider that speaks the client's own dialect. */
export interface IdentityBody {
  readonly body: Uint8Array | string;
  /** The gateway asked for usage that the client did not ask for: it has to hide it again. */
  readonly usageInjected: boolean;
  /** Paths of what was left out; hardly ever anything. */
  readonly dropped: readonly string[];
  /** What has to be done to a JSON answer for it to be what the client asked for; null: nothing. */
  readonly convert: ((reply: JsonObject) => JsonObject) | null;
}

/**
 * The client's own bytes, edited in place at most: the model name, the request for usage that a streamed chat needs to
 * be charged, and the encoding of embeddings where the provider does not know the client's. Where nothing is to change, the very same bytes are sent.
 */
export function identityBody(asked: Call, target: Target): IdentityBody {
  refuseSplitModel(asked.body, asked.model);
  if (asked.dialect === 'anthropic-messages' && target.provider.threads !== true) {
    refuseThread(asked.body.json);
  }
  const unsealed = unsealBody(asked.dialect, asked.body, target.provider.id);
  const call = unsealed === null ? asked : withJson(asked, unsealed.json);
  const edits: Edit[] = [];
  if (target.model !== call.model) edits.push(...modelEdits(call.body.text, target.model));
  const usageInjected = needsUsage(call, target);
  if (usageInjected) edits.push(usageEdit(call.body));
  const encoding = call.endpoint === 'embeddings' ? encodingOf(call, target) : null;
  if (encoding !== null) edits.push(...encoding.edits);
  return {
    body: edits.length === 0 ? call.body.bytes : apply(call.body.text, edits),
    usageInjected,
    dropped: unsealed?.dropped ?? [],
    convert: encoding?.convert ?? null,
  };
}

function withJson(call: Call, json: JsonObject): Call {
  const text = JSON.stringify(json);
  return { ...call, body: { json, text, bytes: encoder.encode(text) } };
}

function encodingOf({ body }: Call, { provider }: Target) {
  const { edits, convertTo } = embeddingsEdits(body, provider.embeddingEncodings);
  const convert = convertTo === null ? null : (reply: JsonObject) => convertEmbeddings(reply, convertTo);
  return { edits, convert };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function apply(text: string, edits: readonly Edit[]): string {
  let out = text;
  for (const edit of edits.toSorted((a, b) => b.start - a.start)) {
    out = out.slice(0, edit.start) + edit.text + out.slice(edit.end);
  }
  return out;
}

/** Every `model` there is: with duplicate keys some parsers take the first, others the last. */
function modelEdits(text: string, model: string): Edit[] {
  const value = JSON.stringify(model);
  return members(text, 'model').map(({ start, end }) => ({ start, end, text: value }));
}

function members(text: string, key: string): Member[] {
  return [...topLevelMembers(text)].filter((member) => member.key === key);
}

/**
 * With `{"model":"a","model":"b"}` the gateway would check one model and the provider might run the other. The
 * first `"model":"…"` of the text agreeing with the parse (which takes the last) settles it for nearly every body
 * without a scan.
 */
function refuseSplitModel({ text }: CallBody, model: string): void {
  const first = FIRST_MODEL.exec(text);
  if (first?.[1] === model) return;
  const values = members(text, 'model').map(
    ({ start, end }) => JSON.parse(text.slice(start, end)) as unknown,
  );
  if (values.every((value) => value === model)) return;
  throw new GatewayError('invalid_request', 'The field "model" is there twice with different values.', {
    param: 'model',
  });
}

/** Only at the very start of the object, where no nesting can deceive it. */
const FIRST_MODEL = /^\s*\{\s*"model"\s*:\s*"([^"\\]*)"/;

function needsUsage(call: Call, target: Target): boolean {
  if (!call.stream || target.provider.streamUsage !== 'on-request') return false;
  if (call.dialect !== 'openai-chat' && call.dialect !== 'openai-completions') return false;
  const options = call.body.json.stream_options;
  return (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    options.include_usage !== true
  );
}

function usageEdit({ text, json }: CallBody): Edit {
  const options = json.stream_options;
  const member = options === undefined ? undefined : members(text, 'stream_options').at(-1);
  if (member === undefined) {
    const at = closingBrace(text);
    return { start: at, end: at, text: ',"stream_options":{"include_usage":true}' };
  }
  const value =
    typeof options === 'object' && options !== null
      ? { ...options, include_usage: true }
      : { include_usage: true };
  return { start: member.start, end: member.end, text: JSON.stringify(value) };
}
