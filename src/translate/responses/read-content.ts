import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { AssistantPart, CacheHint, TextPart, ToolResultPart, UserPart } from '../hub/conversation.ts';
import { readAnnotations } from './citations.ts';
import { filledObjectAt, invalid, itemsAt, requiredTextAt } from './fields.ts';
import { readFile, readImage } from './media.ts';

/** `content` of a message or `output` of a tool: text, or a list of parts. */
type Content = JsonValue | undefined;

export function readUserContent(content: Content, at: string): UserPart[] {
  return readParts<UserPart>(
    content,
    at,
    (part, where) => outsidePart(part, where) ?? audioPart(part, where),
  );
}

export function readSystemContent(content: Content, at: string): TextPart[] {
  return readParts<TextPart>(content, at, textPart);
}

/** What a tool gave back; nothing at all for an empty text. */
export function readToolOutput(output: Content, at: string): ToolResultPart['content'] {
  return output === '' ? [] : readParts<ToolResultPart['content'][number]>(output, at, outsidePart);
}

export function readAssistantContent(content: Content, at: string): AssistantPart[] {
  return readParts<AssistantPart>(
    content,
    at,
    (part, where) => textPart(part, where) ?? refusalPart(part, where),
  );
}

function readParts<Part>(
  content: Content,
  at: string,
  read: (part: JsonObject, at: string) => Part | null,
): (Part | TextPart)[] {
  if (content === undefined || content === null) throw invalid(at, 'is missing');
  if (typeof content === 'string') return [{ type: 'text', text: content, at }];
  return itemsAt(content, at).map(({ item, at: where }) => {
    const part = read(item, where);
    if (part === null) throw invalid(`${where}.type`, `is "${String(item.type)}", which cannot stand here`);
    return part;
  });
}

function outsidePart(part: JsonObject, at: string): ToolResultPart['content'][number] | null {
  switch (part.type) {
    case 'input_image':
      return { ...readImage(part, at), ...cacheOf(part, at) };
    case 'input_file':
      return { ...readFile(part, at), ...cacheOf(part, at) };
    default:
      return textPart(part, at);
  }
}

/** `output_text` too where only input belongs: clients put old answers into other mouths. */
function textPart(part: JsonObject, at: string): TextPart | null {
  if (part.type !== 'input_text' && part.type !== 'output_text' && part.type !== 'text') return null;
  const citations = readAnnotations(part.annotations);
  return {
    type: 'text',
    text: requiredTextAt(part, 'text', `${at}.text`),
    at,
    ...cacheOf(part, at),
    ...(citations.length === 0 ? {} : { citations }),
  };
}

function refusalPart(part: JsonObject, at: string): AssistantPart | null {
  if (part.type !== 'refusal') return null;
  return { type: 'refusal', text: requiredTextAt(part, 'refusal', `${at}.refusal`), at };
}

function audioPart(part: JsonObject, at: string): UserPart | null {
  if (part.type !== 'input_audio') return null;
  const where = `${at}.input_audio`;
  const audio = filledObjectAt(part, 'input_audio', where) ?? {};
  const format = requiredTextAt(audio, 'format', `${where}.format`);
  return { type: 'audio', format, data: requiredTextAt(audio, 'data', `${where}.data`), at };
}

/** OpenAI keeps for 30 minutes or 12 hours, the others for 5 minutes or an hour: the shorter and the longer of each. */
function cacheOf(part: JsonObject, at: string): { cache?: CacheHint } {
  const breakpoint = filledObjectAt(part, 'prompt_cache_breakpoint', `${at}.prompt_cache_breakpoint`);
  return breakpoint === undefined ? {} : { cache: { ttl: breakpoint.ttl === '12h' ? '1h' : '5m' } };
}
