import type { JsonObject } from '../../domain/call.ts';
import type { AssistantMessage, Message, Part, SystemMessage, UserMessage } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';
import type { ModelTraits } from './models.ts';
import { type Turn, Turns } from './turns.ts';
import type { BlockWriter } from './write-blocks.ts';

/** The API wants a user to begin. Said where none does, unless all that there was had to be left out. */
const OPENING: JsonObject = { role: 'user', content: [{ type: 'text', text: '(The conversation begins.)' }] };

export interface WrittenMessages {
  readonly system: JsonObject[];
  readonly messages: JsonObject[];
  /** The assistant has the last word, which the model is to continue. */
  readonly prefilled: boolean;
  /** The last turn gives results to a turn of calls that began without thinking. */
  readonly unthoughtLoop: boolean;
}

/**
 * System messages before all others become the top-level `system`. Later ones stay in place: as `role: "system"` right
 * behind the user's turn, where the model takes that; else as text of the user's turn in `<system>` tags, which is named,
 * since a user's word weighs less.
 */
export function writeMessages(
  messages: readonly Message[],
  writer: BlockWriter,
  traits: ModelTraits,
  losses: Losses,
): WrittenMessages {
  const turns = new Turns();
  const system: JsonObject[] = [];
  for (const message of messages) {
    if (message.role === 'system') {
      if (turns.last === undefined) system.push(...systemBlocks(message, writer));
      else addSystem(turns, message, writer, traits, losses);
    } else addMessage(turns, message, writer, losses);
  }
  turns.settle();
  const prefilled = settlePrefill(turns.list, traits, losses);
  const written = turns.list.flatMap((turn) => writeTurn(turn, losses));
  const isLost =
    written.length + system.length === 0 && messages.some(({ content }) => !content.every(isWords));
  if (written[0]?.role !== 'user' && !isLost) written.unshift(OPENING);
  return { system, messages: written, prefilled, unthoughtLoop: endsInUnthoughtLoop(turns.list) };
}

function systemBlocks(message: SystemMessage, writer: BlockWriter): JsonObject[] {
  return message.content.map((part) => writer.text(part)).filter((block) => block !== null);
}

function addSystem(
  turns: Turns,
  message: SystemMessage,
  writer: BlockWriter,
  traits: ModelTraits,
  losses: Losses,
): void {
  const blocks = systemBlocks(message, writer);
  if (blocks.length === 0) return;
  const turn = turns.of('user', message.at);
  if (traits.systemTurns) turn.system.push(...blocks.map((block) => ({ block, at: message.at })));
  else turn.blocks.push(...blocks.map((block) => tagged(block, message.at, losses)));
}

/** The same block, so that its cache breakpoint stays with it. */
function tagged(block: JsonObject, at: string, losses: Losses): JsonObject {
  losses.omitted(`${at}.role`);
  block.text = `<system>\n${String(block.text)}\n</system>`;
  return block;
}

function addMessage(
  turns: Turns,
  message: UserMessage | AssistantMessage,
  writer: BlockWriter,
  losses: Losses,
): void {
  if (message.name !== undefined) losses.omitted(`${message.at}.name`);
  const blocks =
    message.role === 'user' ? addUser(turns, message, writer) : addAssistant(turns, message, writer);
  if (blocks === 0 && !message.content.every(isWords)) losses.omitted(message.at);
}

/** Blank ones are refused, and nobody misses them. */
function isWords({ type }: Part): boolean {
  return type === 'text' || type === 'refusal';
}

/** Returns how many blocks it made. */
function addUser(turns: Turns, { content, at }: UserMessage, writer: BlockWriter): number {
  let count = 0;
  for (const part of content) {
    const block = writer.user(part);
    if (block === null) continue;
    count++;
    if (part.type === 'tool_result') turns.result(part, block);
    else turns.of('user', at).blocks.push(block);
  }
  return count;
}

function addAssistant(turns: Turns, { content, at }: AssistantMessage, writer: BlockWriter): number {
  let count = 0;
  for (const part of content) {
    const block = writer.assistant(part);
    if (block === null) continue;
    count++;
    if (part.type === 'tool_call') turns.call(part, block);
    else turns.of('assistant', at).blocks.push(block);
  }
  return count;
}

/** Says whether the model has to continue the assistant's last text. */
function settlePrefill(turns: Turn[], traits: ModelTraits, losses: Losses): boolean {
  const last = turns.at(-1);
  const block = last?.blocks.at(-1);
  if (last?.role !== 'assistant' || block?.type !== 'text') return false;
  if (!traits.prefill) {
    losses.unsupported(last.at, 'this model does not continue an assistant message');
    turns.pop();
    return false;
  }
  // White space at the end is refused.
  block.text = String(block.text).trimEnd();
  return true;
}

/** With a budget, the turn whose calls are being answered has to begin with thinking. */
function endsInUnthoughtLoop(turns: readonly Turn[]): boolean {
  const last = turns.at(-1);
  if (last?.role !== 'user' || last.results.length === 0) return false;
  const type = turns.at(-2)?.blocks[0]?.type;
  return type !== 'thinking' && type !== 'redacted_thinking';
}

function writeTurn({ role, results, blocks, system }: Turn, losses: Losses): JsonObject[] {
  const content = [...results, ...blocks];
  // A system turn has to follow a user's words.
  if (content.length === 0 && system.length > 0) {
    return [{ role, content: system.map(({ block, at }) => tagged(block, at, losses)) }];
  }
  const turn: JsonObject = { role, content };
  if (system.length === 0) return [turn];
  return [turn, { role: 'system', content: system.map(({ block }) => block) }];
}
