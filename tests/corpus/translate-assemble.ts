import type { Json, RecordedResponse } from '../support/corpus.ts';
import { objects, text, type Wire } from './translate-meaning.ts';

/** The data of each event that is a JSON object. */
export function dataOf(sse: string): Json[] {
  return sse
    .split(/(?:\r\n|\n|\r){2}/)
    .map((event) => Array.from(event.matchAll(/^data: ?(.*?)\r?$/gm), ([, line = '']) => line).join('\n'))
    .flatMap(parsed);
}

function parsed(data: string): Json[] {
  try {
    return objects([JSON.parse(data)]);
  } catch {
    return [];
  }
}

/** A recorded answer as the whole one that its dialect would have given, put together without the translators. */
export function wholeOf(wire: Wire, { body, sse }: Pick<RecordedResponse, 'body' | 'sse'>): Json {
  return sse === undefined ? (body ?? {}) : ASSEMBLERS[wire](firstAnswer(dataOf(sse)));
}

/** Some recordings hold the streams of several calls, one after the other: to a client only the first is its answer. */
function firstAnswer(events: readonly Json[]): readonly Json[] {
  const end = events.findIndex(({ type }) => ENDS.has(text(type)));
  return end === -1 ? events : events.slice(0, end + 1);
}

const ENDS: ReadonlySet<string> = new Set(['message_stop', 'response.completed', 'response.incomplete']);

const ASSEMBLERS: Readonly<Record<Wire, (events: readonly Json[]) => Json>> = {
  chat: assembleChat,
  responses: assembleResponse,
  messages: assembleMessage,
  generate_content: assembleGemini,
};

function assembleChat(chunks: readonly Json[]): Json {
  const message: Json = {};
  const calls: Json[] = [];
  let finish: unknown = null;
  for (const choice of chunks.flatMap(({ choices }) => objects(choices))) {
    const delta = (choice.delta ?? {}) as Json;
    for (const field of ['content', 'refusal', 'reasoning_content', 'reasoning'])
      append(message, field, delta[field]);
    for (const call of objects(delta.tool_calls)) addCall(calls, call);
    finish = choice.finish_reason ?? finish;
  }
  const usage = chunks.findLast((chunk) => typeof chunk.usage === 'object' && chunk.usage !== null)?.usage;
  return { choices: [{ message: { ...message, tool_calls: calls }, finish_reason: finish }], usage };
}

function append(message: Json, field: string, value: unknown): void {
  if (value === '' || value === null || value === undefined) return;
  if (typeof value === 'string') message[field] = text(message[field]) + value;
  else if (Array.isArray(value)) message[field] = [...objects(message[field]), ...objects(value)];
}

/** Some providers give all parallel calls the same index, each with its own id. */
function addCall(calls: Json[], piece: Json): void {
  const { name, arguments: args } = functionOf(piece);
  const known = calls.findLast(({ index }) => index === piece.index);
  if (known === undefined || (text(piece.id) !== '' && piece.id !== known.id && text(name) !== '')) {
    calls.push({ index: piece.index, id: piece.id, function: { name: text(name), arguments: text(args) } });
    return;
  }
  const fn = known.function as Json;
  fn.arguments = text(fn.arguments) + text(args);
}

/** Custom tools have an input in place of arguments. */
function functionOf({ function: fn, custom }: Json): Json {
  if (custom === undefined) return (fn ?? {}) as Json;
  const { name, input } = custom as Json;
  return { name, arguments: input };
}

function assembleResponse(events: readonly Json[]): Json {
  const last = events.findLast(({ type }) => /^response\.(?:completed|incomplete|failed)$/.test(text(type)));
  const response = (last?.response ?? {}) as Json;
  const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
  return objects(response.output).length > 0 ? response : { ...response, output: done };
}

function assembleMessage(events: readonly Json[]): Json {
  const blocks: Json[] = [];
  let message: Json = {};
  for (const event of events) {
    if (event.type === 'message_start') message = { ...(event.message as Json) };
    else if (event.type === 'content_block_start')
      blocks[Number(event.index)] = { ...(event.content_block as Json), json: '' };
    else if (event.type === 'content_block_delta')
      addDelta(blocks[Number(event.index)] ?? {}, event.delta as Json);
    else if (event.type === 'message_delta') {
      Object.assign(message, event.delta);
      message.usage = { ...(message.usage as Json), ...withoutNulls(event.usage as Json) };
    }
  }
  const content = blocks.map(({ json, ...block }) => (text(json) === '' ? block : { ...block, input: json }));
  return { ...message, content };
}

function withoutNulls(counts: Json = {}): Json {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== null));
}

function addDelta(block: Json, delta: Json): void {
  if (delta.type === 'input_json_delta') block.json = text(block.json) + text(delta.partial_json);
  else if (delta.type === 'text_delta') block.text = text(block.text) + text(delta.text);
  else if (delta.type === 'thinking_delta') block.thinking = text(block.thinking) + text(delta.thinking);
}

function assembleGemini(chunks: readonly Json[]): Json {
  const candidates = chunks.flatMap((chunk) => objects(chunk.candidates));
  const parts = inWholeCalls(candidates.flatMap(({ content }) => objects(((content ?? {}) as Json).parts)));
  const finishReason = candidates.findLast((candidate) => candidate.finishReason !== undefined)?.finishReason;
  const usageMetadata = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata;
  return { candidates: [{ content: { parts }, finishReason }], usageMetadata };
}

/** Calls whose arguments come in pieces, each piece with the path of its place (Vertex). */
function inWholeCalls(parts: readonly Json[]): Json[] {
  const whole: Json[] = [];
  let open: Json | null = null;
  for (const part of parts) {
    const call = part.functionCall as Json | undefined;
    if (call === undefined || (open === null && call.willContinue !== true)) whole.push(part);
    else if (open === null) {
      open = { name: call.name, args: {} };
      whole.push({ functionCall: open });
    }
    if (open === null || call === undefined) continue;
    for (const piece of objects(call.partialArgs)) place(open.args as Json, piece);
    if (call.willContinue !== true) open = null;
  }
  return whole;
}

/** `$.a.b[0].c` */
function place(args: Json, { jsonPath, stringValue, numberValue, boolValue }: Json): void {
  const keys = text(jsonPath).match(/[^.$[\]]+/g) ?? [];
  const last = keys.pop() ?? '';
  let inner = args;
  for (const [at, key] of keys.entries()) {
    inner[key] ??= /^\d+$/.test(keys[at + 1] ?? last) ? [] : {};
    inner = inner[key] as Json;
  }
  inner[last] = numberValue ?? boolValue ?? text(inner[last]) + text(stringValue);
}
