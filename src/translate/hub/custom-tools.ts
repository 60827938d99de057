import type { JsonObject } from '../../domain/call.ts';
import { parseObject } from '../../json.ts';
import type { CustomTool } from './conversation.ts';
import type { Losses } from './losses.ts';
import type { StreamPart } from './reply.ts';

/** A custom tool (free text) as a function with one argument, for targets that know only functions. */
export function customToolSchema(): JsonObject {
  return {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  };
}

/** A grammar is told in words, which hold the model to nothing, so it is named as well. */
export function customToolDescription({ description = '', format, at }: CustomTool, losses: Losses): string {
  if (format === null || format.type === 'text') return description;
  losses.omitted(`${at}.format`);
  return `${description}\n\nThe input must follow this grammar: ${JSON.stringify(format)}`.trim();
}

/** Free text as the arguments of that function. */
export function wrapCustomInput(input: string): string {
  return JSON.stringify({ input });
}

/** The free text in the arguments of that function; arguments of another form are the text themselves. */
export function unwrapCustomInput(args: string): string {
  const input = parseObject(args)?.input;
  return typeof input === 'string' ? input : args;
}

/** Gathers the arguments of wrapped custom tools, which can be unwrapped only whole. */
export class CustomToolUnwrapper {
  readonly #gathered = new Map<number, string>();

  /** To be used between a reader that told `kind: 'custom'` and wrapped arguments, and whoever reads its parts. */
  push(part: StreamPart): StreamPart[] {
    if (part.type === 'block_start' && part.block.type === 'tool_call' && part.block.kind === 'custom') {
      this.#gathered.set(part.index, '');
      return [part];
    }
    if (!('index' in part)) return [part];
    const text = this.#gathered.get(part.index);
    if (text === undefined) return [part];
    if (part.type === 'arguments_delta') {
      this.#gathered.set(part.index, text + part.text);
      return [];
    }
    if (part.type !== 'block_end') return [part];
    this.#gathered.delete(part.index);
    return [{ type: 'arguments_delta', index: part.index, text: unwrapCustomInput(text) }, part];
  }
}
