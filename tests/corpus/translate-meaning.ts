import type { JsonValue } from '../../src/domain/call.ts';
import type { Usage } from '../../src/domain/usage.ts';
import { chatUsage } from '../../src/usage/chat.ts';
import { messagesUsage } from '../../src/usage/messages.ts';
import { responsesUsage } from '../../src/usage/responses.ts';
import type { Json } from '../support/corpus.ts';

/** The dialects of conversations, by the names of their upstream endpoints. */
export type Wire = 'chat' | 'responses' | 'messages' | 'generate_content';
export type ClientWire = Exclude<Wire, 'generate_content'>;

/** What a whole answer says, in no dialect's words but for `finish`, which is as the dialect writes it. */
export interface Meaning {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string;
  readonly usage: Usage | null;
}

/** What a whole answer of a dialect says, read without the translators. */
export function meaningOf(wire: Wire, answer: Json): Meaning {
  return READERS[wire](answer);
}

const READERS: Readonly<Record<Wire, (answer: Json) => Meaning>> = {
  chat: chatMeaning,
  responses: responsesMeaning,
  messages: messagesMeaning,
  generate_content: geminiMeaning,
};

export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(parts: readonly Json[], field = 'text'): string {
  return parts.map((part) => text(part[field])).join('');
}

function ofType(parts: unknown, ...types: string[]): Json[] {
  return objects(parts).filter(({ type }) => types.includes(text(type)));
}

/** Arguments as JSON; text that is none as it is. */
function argsOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  if (value.trim() === '') return {};
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function chatMeaning(answer: Json): Meaning {
  const choice = objects(answer.choices)[0] ?? {};
  const message = (choice.message ?? {}) as Json;
  const { content } = message;
  const calls = [...objects(message.tool_calls), ...objects([message.function_call])].map((call) => {
    const { name, arguments: args, input } = (call.function ?? call.custom ?? call) as Json;
    return { name: text(name), args: input ?? argsOf(args) };
  });
  const thinking = ofType(content, 'thinking').flatMap((part) => objects(part.thinking));
  return {
    text: text(content) || texts(ofType(content, 'text')),
    refusal: text(message.refusal),
    reasoning: text(message.reasoning_content) || text(message.reasoning) || texts(thinking),
    calls,
    finish: text(choice.finish_reason),
    usage: chatUsage(answer.usage as JsonValue),
  };
}

function responsesMeaning(answer: Json): Meaning {
  const parts = ofType(answer.output, 'message').flatMap(({ content }) => objects(content));
  const reasons = ofType(answer.output, 'reasoning').map(
    ({ content, summary }) => texts(objects(content)) || texts(objects(summary)),
  );
  const { reason } = (answer.incomplete_details ?? {}) as Json;
  return {
    text: texts(ofType(parts, 'output_text')),
    refusal: texts(ofType(parts, 'refusal'), 'refusal'),
    reasoning: reasons.join(''),
    calls: ofType(answer.output, 'function_call', 'custom_tool_call').map((item) => ({
      name: text(item.name),
      args: item.type === 'function_call' ? argsOf(item.arguments) : item.input,
    })),
    finish: reason === undefined ? text(answer.status) : `${text(answer.status)}:${text(reason)}`,
    usage: responsesUsage(answer.usage as JsonValue),
  };
}

function messagesMeaning(answer: Json): Meaning {
  const { explanation } = (answer.stop_details ?? {}) as Json;
  return {
    text: texts(ofType(answer.content, 'text')),
    refusal: answer.stop_reason === 'refusal' ? text(explanation) : '',
    reasoning: texts(ofType(answer.content, 'thinking'), 'thinking'),
    calls: ofType(answer.content, 'tool_use').map(({ name, input }) => ({
      name: text(name),
      args: argsOf(input),
    })),
    finish: text(answer.stop_reason),
    usage: messagesUsage(answer.usage as JsonValue),
  };
}

function geminiMeaning(answer: Json): Meaning {
  const candidate = objects(answer.candidates)[0] ?? {};
  const parts = objects(((candidate.content ?? {}) as Json).parts);
  return {
    text: texts(parts.filter(({ thought }) => thought !== true)),
    refusal: '',
    reasoning: texts(parts.filter(({ thought }) => thought === true)),
    calls: parts
      .flatMap(({ functionCall }) => objects([functionCall]))
      .map(({ name, args }) => ({
        name: text(name),
        args: argsOf(args),
      })),
    finish: text(candidate.finishReason),
    usage: geminiUsage(answer.usageMetadata as Json | undefined),
  };
}

/** https://ai.google.dev/api/generate-content#UsageMetadata : the prompt holds what was cached, thoughts are counted apart. */
function geminiUsage(counts: Json | undefined): Usage | null {
  if (counts === undefined) return null;
  const count = (field: string) => Number(counts[field] ?? 0);
  const cacheRead = count('cachedContentTokenCount');
  const reasoning = count('thoughtsTokenCount');
  return {
    input: count('promptTokenCount') + count('toolUsePromptTokenCount') - cacheRead,
    cacheRead,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: count('candidatesTokenCount') + reasoning,
    reasoning,
    estimated: false,
  };
}
