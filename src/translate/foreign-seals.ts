import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { asObject } from '../json.ts';
import type { ReasoningSeal } from './hub/conversation.ts';
import { isPackedSeal, isSealOf, unpackSeal } from './hub/seal.ts';

/** A body whose packed seals were taken out or opened. */
export interface Unsealed {
  readonly json: JsonObject;
  /** Paths of what was left out. */
  readonly dropped: readonly string[];
}

/**
 * A conversation of which a part was answered by a provider of another dialect holds that provider's sealed reasoning, packed
 * by the gateway. The provider that gets it now would refuse the whole call over it, so it gets its own seals as it made
 * them, and others not at all.
 *
 * @returns null where there is nothing to do, as nearly always.
 */
export function unsealBody(
  dialect: Dialect,
  { text, json }: { readonly text: string; readonly json: JsonObject },
  provider: string,
): Unsealed | null {
  if (!text.includes('"le1.')) return null;
  const dropped: string[] = [];
  const context = { provider, dropped };
  switch (dialect) {
    case 'openai-responses':
      return { json: { ...json, input: inItems(json.input, context) }, dropped };
    case 'anthropic-messages':
      return { json: { ...json, messages: inMessages(json.messages, context) }, dropped };
    case 'openai-chat':
      return { json: { ...json, messages: inChat(json.messages, context) }, dropped };
    default:
      return null;
  }
}

interface Context {
  readonly provider: string;
  readonly dropped: string[];
}

type Opened = (item: JsonObject, at: string) => JsonObject | null;

/** Each object of a list, opened or left out; everything else as it is. */
function eachIn(
  list: JsonValue | undefined,
  at: string,
  context: Context,
  open: Opened,
): JsonValue | undefined {
  if (!Array.isArray(list)) return list;
  return list.flatMap((item, index) => {
    const object = asObject(item);
    if (object === null) return [item];
    const place = `${at}[${index}]`;
    const opened = open(object, place);
    if (opened === null) context.dropped.push(place);
    return opened === null ? [] : [opened];
  });
}

function inItems(input: JsonValue | undefined, context: Context): JsonValue | undefined {
  return eachIn(input, 'input', context, (item) =>
    openField(item, 'encrypted_content', ['openai'], context, ({ id }) => (id === undefined ? {} : { id })),
  );
}

function inMessages(messages: JsonValue | undefined, context: Context): JsonValue | undefined {
  return eachIn(messages, 'messages', context, (message, at) => ({
    ...message,
    content: eachIn(message.content, `${at}.content`, context, (block) => {
      const field = block.type === 'redacted_thinking' ? 'data' : 'signature';
      const origin = block.type === 'redacted_thinking' ? 'anthropic-redacted' : 'anthropic';
      return openField(block, field, [origin], context, () => ({}));
    }),
  }));
}

/** Chat has no field for seals of its own: the gateway's extension goes, with the text that belongs to it. */
function inChat(messages: JsonValue | undefined, context: Context): JsonValue | undefined {
  return eachIn(messages, 'messages', context, (message, at) => {
    if (message.thinking_blocks === undefined) return message;
    const { thinking_blocks: _, reasoning_content: __, ...rest } = message;
    context.dropped.push(`${at}.thinking_blocks`);
    return rest;
  });
}

/** The item with its seal as its provider made it; null when another provider did. */
function openField(
  item: JsonObject,
  field: string,
  origins: readonly ReasoningSeal['origin'][],
  { provider }: Context,
  more: (seal: ReasoningSeal) => JsonObject,
): JsonObject | null {
  const packed = item[field];
  if (typeof packed !== 'string' || !isPackedSeal(packed)) return item;
  const seal = unpackSeal(packed, 'openai');
  if (!isSealOf(seal, provider, origins)) return null;
  return { ...item, ...more(seal), [field]: seal.data };
}
