import type { JsonObject } from '../../src/domain/call.ts';
import { CLIENTS } from '../../src/translate/dialects.ts';
import type { Conversation, MediaSource, Message, Part } from '../../src/translate/hub/conversation.ts';
import type { Json } from '../support/corpus.ts';
import type { Wire } from './translate-meaning.ts';

/**
 * What was said by whom, and the tools: what a request has to keep on its way through two dialects. Reasoning is not in it:
 * a provider's seal is no other's, and clients of other dialects get it packed.
 */
export interface Talk {
  readonly system: string;
  readonly turns: readonly string[];
  readonly tools: readonly string[];
}

/** What a request says to its provider; null where the dialect has no reader. */
export function talkOfRequest(wire: Wire, body: Json): Talk | null {
  return wire === 'generate_content' ? null : talkOf(CLIENTS[wire].readRequest(body as JsonObject));
}

export function talkOf({ messages, tools }: Conversation): Talk {
  const spoken = messages.filter(({ role }) => role !== 'system');
  return {
    system: messages
      .filter(({ role }) => role === 'system')
      .flatMap(textsOf)
      .join('\n')
      .replaceAll(/\s+/g, ' '),
    turns: joined(withPlainIds(spoken).flatMap(linesOf)),
    tools: tools.map((tool) =>
      tool.kind === 'function'
        ? `${tool.name} ${tool.description ?? ''} ${sorted(propertiesOf(tool.schema))}`
        : tool.kind,
    ),
  };
}

export function hasMediaResults({ messages }: Conversation): boolean {
  const parts = messages.flatMap(({ content }) => content as readonly Part[]);
  return parts.some(
    (part) => part.type === 'tool_result' && part.content.some(({ type }) => type !== 'text'),
  );
}

function propertiesOf(schema: JsonObject | null): unknown {
  return schema?.properties ?? {};
}

/** Each wire allows ids of its own kind, so that only what meets what counts. */
function withPlainIds(messages: readonly Message[]): Message[] {
  const ids = new Map<string, string>();
  const plain = (id: string) => {
    ids.set(id, ids.get(id) ?? `#${ids.size}`);
    return ids.get(id) ?? '';
  };
  const renamed = (part: Part): Part => {
    if (part.type === 'tool_call') return { ...part, id: plain(part.id) };
    return part.type === 'tool_result' ? { ...part, callId: plain(part.callId) } : part;
  };
  return messages.map((message) => ({ ...message, content: message.content.map(renamed) }) as Message);
}

function textsOf({ content }: Message): string[] {
  return (content as readonly Part[]).flatMap((part) => (part.type === 'text' ? [part.text] : []));
}

interface Line {
  readonly kind: string;
  readonly text: string;
}

function linesOf({ role, content }: Message): Line[] {
  return (content as readonly Part[]).flatMap((part) => {
    const text = wordsOf(part);
    return text === null ? [] : [{ kind: part.type === 'text' ? `${role} text` : part.type, text }];
  });
}

function wordsOf(part: Part): string | null {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text.trim() === '' ? null : part.text.trim();
    case 'image':
      return sourceOf(part.source);
    case 'document':
      return part.source.kind === 'text' || part.source.kind === 'content'
        ? part.source.kind
        : sourceOf(part.source);
    case 'audio':
      return part.data.slice(0, 40);
    case 'tool_call':
      return `${part.id} ${part.name} ${sorted(jsonOf(part.arguments))}`;
    case 'tool_result':
      return `${part.callId} ${part.content.map(wordsOf).join('')}`;
    default:
      return null;
  }
}

function sourceOf(source: MediaSource): string {
  if (source.kind === 'url') return source.url;
  return source.kind === 'file' ? source.id : source.data.slice(0, 40);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON with its members in one order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a.localeCompare(b)))
      : inner,
  );
}

/** Dialects cut the words of one speaker into parts and messages as they like. */
function joined(lines: readonly Line[]): string[] {
  const out: Line[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    if (last?.kind === line.kind && line.kind.endsWith(' text'))
      out[out.length - 1] = { ...line, text: last.text + line.text };
    else out.push(line);
  }
  return out.map(({ kind, text }) => `${kind}: ${text.replaceAll(/\s+/g, '')}`);
}
