import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { asObject, objectsIn } from '../json.ts';

/** A piece of text in an event of a stream. */
export interface Delta {
  /** Names the text that the piece goes on with: two pieces of one slot belong together. */
  readonly slot: string;
  readonly text: string;
  /** As `JsonString` has it. */
  readonly path: string;
  /** The text is itself JSON, so that what is put into it has to be escaped. */
  readonly inJson: boolean;
}

/** The piece of text that an event carries; null: it carries none, or tells more than that. */
export function deltaOf(dialect: Dialect, event: JsonObject): Delta | null {
  switch (dialect) {
    case 'openai-chat':
      return chatDelta(event);
    case 'openai-completions':
      return completionDelta(event);
    case 'anthropic-messages':
      return messagesDelta(event);
    case 'openai-responses':
      return responsesDelta(event);
    case 'openai-embeddings':
      return null;
  }
}

const CHAT_TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'];

function chatDelta({ choices }: JsonObject): Delta | null {
  const [choice, ...others] = objectsIn(choices);
  if (choice === undefined || others.length > 0 || isEnd(choice)) return null;
  const delta = asObject(choice.delta);
  const [call, ...calls] = objectsIn(delta?.tool_calls);
  if (call !== undefined) {
    const text = asObject(call.function)?.arguments;
    if (typeof text !== 'string' || calls.length > 0) return null;
    return {
      slot: `${String(choice.index)} call ${String(call.index)}`,
      text,
      path: 'choices.*.delta.tool_calls.*.function.arguments',
      inJson: true,
    };
  }
  const name = CHAT_TEXTS.find((field) => typeof delta?.[field] === 'string' && delta[field] !== '');
  if (name === undefined || delta === null) return null;
  return {
    slot: `${String(choice.index)} ${name}`,
    text: String(delta[name]),
    path: `choices.*.delta.${name}`,
    inJson: false,
  };
}

function completionDelta({ choices }: JsonObject): Delta | null {
  const [choice, ...others] = objectsIn(choices);
  if (choice === undefined || others.length > 0 || isEnd(choice) || typeof choice.text !== 'string')
    return null;
  return { slot: String(choice.index), text: choice.text, path: 'choices.*.text', inJson: false };
}

/** The last piece of a choice comes with the reason for its end: nothing follows that could complete a placeholder. */
function isEnd({ finish_reason: reason }: JsonObject): boolean {
  return typeof reason === 'string';
}

/** Thinking is sealed by a signature and goes back as it came, so it stays as the provider wrote it. */
const MESSAGES_TEXTS = ['text', 'partial_json'];

function messagesDelta(event: JsonObject): Delta | null {
  if (event.type !== 'content_block_delta') return null;
  const delta = asObject(event.delta);
  const name = MESSAGES_TEXTS.find((field) => typeof delta?.[field] === 'string');
  if (name === undefined || delta === null) return null;
  const text = String(delta[name]);
  return {
    slot: `${String(event.index)} ${name}`,
    text,
    path: `delta.${name}`,
    inJson: name === 'partial_json',
  };
}

function responsesDelta({
  type,
  delta,
  output_index,
  content_index,
  summary_index,
}: JsonObject): Delta | null {
  if (typeof type !== 'string' || !type.endsWith('.delta') || typeof delta !== 'string') return null;
  const slot = [type, output_index, content_index, summary_index].map(String).join(' ');
  return { slot, text: delta, path: 'delta', inJson: type.includes('arguments') };
}
