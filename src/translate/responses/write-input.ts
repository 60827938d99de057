import type { JsonObject } from '../../domain/call.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Conversation,
  Message,
  Part,
  ReasoningPart,
  SystemMessage,
  ToolCallPart,
  ToolResultPart,
  UserMessage,
  UserPart,
} from '../hub/conversation.ts';
import { isSealOf } from '../hub/seal.ts';
import { allowed, OPENAI_NAMES } from '../hub/tool-names.ts';
import type { RequestContext } from '../hub/translator.ts';
import { PARAGRAPH } from './reasoning.ts';
import { loseCitations, writeContent } from './write-content.ts';

/** The client's instructions of the top; all others stand where they stood, as messages. */
export function writeInstructions(
  { messages }: Conversation,
  { losses }: RequestContext,
): string | undefined {
  const texts = messages.filter(isTop).flatMap(({ content }) => content);
  for (const part of texts) loseCitations(part, losses);
  return texts.length === 0 ? undefined : texts.map(({ text }) => text).join(PARAGRAPH);
}

function isTop(message: Message): message is SystemMessage {
  return message.role === 'system' && message.origin === 'top';
}

export function writeInput({ messages }: Conversation, context: RequestContext): JsonObject[] {
  refusePrefill(messages.at(-1), context);
  return messages.flatMap((message) => messageItems(message, context));
}

function messageItems(message: Message, context: RequestContext): JsonObject[] {
  if (message.role === 'system') return isTop(message) ? [] : [systemItem(message, context)];
  if (message.name !== undefined) context.losses.omitted(`${message.at}.name`);
  const items = message.role === 'user' ? userItems(message, context) : assistantItems(message, context);
  if (items.length === 0 && message.content.some(isSaid)) context.losses.omitted(message.at);
  return items;
}

/** The model begins a new message: it would not go on from the words that the client put in its mouth. */
function refusePrefill(last: Message | undefined, { losses }: RequestContext): void {
  if (last?.role !== 'assistant' || last.content.at(-1)?.type !== 'text') return;
  losses.unsupported(last.at, 'the last message is the assistant’s, which cannot be continued there');
}

function systemItem({ origin, content }: SystemMessage, { losses }: RequestContext): JsonObject {
  return { role: origin === 'developer' ? 'developer' : 'system', content: writeContent(content, losses) };
}

/** Outputs of tools are items of their own, between the messages that the rest makes. */
function userItems({ content }: UserMessage, context: RequestContext): JsonObject[] {
  return runsOf(content, ({ type }) => type === 'tool_result').flatMap((run) => {
    const results = run.filter((part) => part.type === 'tool_result');
    if (results.length > 0) return results.map((result) => outputItem(result, context));
    const parts = run.filter((part) => part.type !== 'tool_result');
    const written = writeContent(parts, context.losses);
    return written === '' && !parts.every(({ type }) => type === 'text')
      ? []
      : [{ role: 'user', content: written }];
  });
}

function outputItem(result: ToolResultPart, { losses }: RequestContext): JsonObject {
  const output = writeContent(result.content, losses);
  return {
    type: result.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
    call_id: allowed(result.callId, OPENAI_NAMES),
    output: result.isError ? failed(output) : output,
  };
}

/** An output has no mark for it (`status` is about its delivery): the text says that the tool failed. */
function failed(output: string | JsonObject[]): string | JsonObject[] {
  if (typeof output !== 'string') return [{ type: 'input_text', text: 'Error:' }, ...output];
  return output === '' ? 'Error' : `Error: ${output}`;
}

function assistantItems({ content }: AssistantMessage, context: RequestContext): JsonObject[] {
  return runsOf(content.filter(isSaid), isWords).flatMap((run) => {
    const words = run.flatMap((part) => wordsPart(part, context));
    if (words.length > 0) return [{ role: 'assistant', content: words }];
    return run.flatMap((part) => assistantItem(part, context));
  });
}

/** Empty text says nothing; clients send it beside tool calls. */
function isSaid(part: Part): boolean {
  return part.type !== 'text' || part.text !== '';
}

function isWords({ type }: AssistantPart): boolean {
  return type === 'text' || type === 'refusal';
}

function wordsPart(part: AssistantPart, { losses }: RequestContext): JsonObject[] {
  if (part.type === 'refusal') return [{ type: 'refusal', refusal: part.text }];
  if (part.type !== 'text') return [];
  loseCitations(part, losses);
  return [{ type: 'output_text', text: part.text }];
}

function assistantItem(part: AssistantPart, context: RequestContext): JsonObject[] {
  switch (part.type) {
    case 'reasoning':
      return reasoningItem(part, context);
    case 'tool_call':
      return [callItem(part, context)];
    case 'document':
      context.losses.unsupported(part.at, 'an assistant’s message holds no documents there');
      return [];
    default:
      // What another provider ran by itself is in its own words: its answer is in the text that follows.
      context.losses.omitted(part.at);
      return [];
  }
}

/** Reasoning goes back to none but its maker, who reads it from the seal. */
function reasoningItem(
  { text, seal, at }: ReasoningPart,
  { provider, losses }: RequestContext,
): JsonObject[] {
  if (seal === null || !isSealOf(seal, provider.id, ['openai'])) {
    losses.omitted(at);
    return [];
  }
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  const id = seal.id === undefined ? {} : { id: seal.id };
  return [{ type: 'reasoning', ...id, summary, encrypted_content: seal.data }];
}

function callItem(call: ToolCallPart, { names }: RequestContext): JsonObject {
  const head = { call_id: allowed(call.id, OPENAI_NAMES), name: names.sent(call.name) };
  return call.kind === 'custom'
    ? { type: 'custom_tool_call', ...head, input: call.arguments }
    : { type: 'function_call', ...head, arguments: call.arguments };
}

/** Neighbours that are alike, together. */
function runsOf<Part extends UserPart | AssistantPart>(
  parts: readonly Part[],
  isKind: (part: Part) => boolean,
): Part[][] {
  const runs: Part[][] = [];
  let kind: boolean | null = null;
  for (const part of parts) {
    if (isKind(part) !== kind) runs.push([]);
    kind = isKind(part);
    runs.at(-1)?.push(part);
  }
  return runs;
}
