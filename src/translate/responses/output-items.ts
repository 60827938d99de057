import type { JsonObject } from '../../domain/call.ts';
import { objectAt, textOf } from '../../json.ts';
import type { ReasoningSeal } from '../hub/conversation.ts';
import type { BlockStart } from '../hub/reply.ts';
import { packSeal } from '../hub/seal.ts';

/** The items of a response, as a stream and a whole answer both have them. */
export type Status = 'in_progress' | 'completed' | 'incomplete';

export function messageItem(id: string, content: JsonObject[], status: Status): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content };
}

export function outputText(text: string, annotations: JsonObject[], logprobs: JsonObject[] = []): JsonObject {
  return { type: 'output_text', text, annotations, logprobs };
}

export function refusalPart(refusal: string): JsonObject {
  return { type: 'refusal', refusal };
}

/** The seal is always given: a client of this gateway has no other way to take its reasoning into the next turn. */
export function reasoningItem(id: string, text: string, seal: ReasoningSeal | null): JsonObject {
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return { id, type: 'reasoning', summary, encrypted_content: seal === null ? null : packSeal(seal) };
}

export type CallStart = Extract<BlockStart, { type: 'tool_call' }>;

/** A call has two ids: that of the item, and `call_id`, to which the output refers. */
export function callItem(id: string, call: CallStart, text: string, status: Status): JsonObject {
  const head = { id, status, call_id: call.id || id, name: call.name };
  return call.kind === 'custom'
    ? { ...head, type: 'custom_tool_call', input: text }
    : { ...head, type: 'function_call', arguments: text };
}

export type ServerToolStart = Extract<BlockStart, { type: 'server_tool' }>;

/** The web search is the one server tool with a form in every dialect; its result is in the call. */
export function isWebSearch({ name, phase }: Pick<ServerToolStart, 'name' | 'phase'>): boolean {
  return name === 'web_search' && phase === 'call';
}

export function webSearchItem(id: string, raw: JsonObject, status: Status): JsonObject {
  const query = textOf(objectAt(raw, 'input').query) || textOf(raw.query);
  return { id, type: 'web_search_call', status, action: { type: 'search', query, queries: [query] } };
}
