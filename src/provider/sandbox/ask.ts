import type { JsonObject } from '../../domain/call.ts';
import { ApiError } from './errors.ts';

/** A piece of the conversation, in order. */
export interface Turn {
  readonly kind: 'system' | 'user' | 'assistant' | 'tool_result';
  readonly text: string;
}

/** A function that the client offers. Tools of any other kind (web search, custom grammars) are never called. */
export interface Tool {
  readonly name: string;
  readonly schema: JsonObject;
}

export interface ToolChoice {
  readonly mode: 'auto' | 'none' | 'required';
  /** Only these may be called; null: any. */
  readonly names: readonly string[] | null;
}

/** What a call asks of the model, whatever its dialect. */
export interface Ask {
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice;
  readonly parallelCalls: boolean;
  /** The answer has to be JSON; `schema` null: any. */
  readonly json: { readonly schema: JsonObject | null } | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
}

export const AUTO: ToolChoice = { mode: 'auto', names: null };

/** @throws ApiError 400 when the choice names a tool that is not offered, as every provider has it. */
export function checkChoice(choice: ToolChoice, tools: readonly Tool[]): void {
  const missing = choice.names?.find((name) => !tools.some((tool) => tool.name === name));
  if (missing === undefined) return;
  throw new ApiError(400, `The tool "${missing}" of "tool_choice" is not among "tools".`, {
    param: 'tool_choice',
  });
}

/** The text of a content that is a string or a list of parts; images, files and audio count for nothing. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => textOfPart(part))
    .filter((text) => text !== '')
    .join('\n');
}

function textOfPart(part: unknown): string {
  if (typeof part !== 'object' || part === null || !('text' in part)) return '';
  return typeof part.text === 'string' ? part.text : '';
}
