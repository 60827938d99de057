import * as z from 'zod';
import type { JsonObject } from '../../domain/call.ts';
import { type Ask, AUTO, checkChoice, type Tool, type ToolChoice, type Turn, textOf } from './ask.ts';
import { content, flag, read } from './read.ts';

const tool = z.looseObject({
  name: z.string().min(1),
  type: z.string().nullish(),
  input_schema: z.looseObject({}).nullish(),
});
const toolChoice = z.looseObject({
  type: z.enum(['auto', 'any', 'tool', 'none']),
  name: z.string().optional(),
  disable_parallel_tool_use: flag,
});
const format = z.looseObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }).nullish();

const countShape = z.looseObject({
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content })).min(1),
  system: content.nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  output_config: z.looseObject({ format }).nullish(),
});
const shape = countShape.extend({
  max_tokens: z.number().int().min(0),
  stop_sequences: z.array(z.string()).nullish(),
});
type CountBody = z.infer<typeof countShape>;

/** A body of `/messages`, where `max_tokens` is a must. */
export function readMessages(json: JsonObject): Ask {
  const body = read(shape, json);
  return { ...askOf(body), maxTokens: body.max_tokens, stop: body.stop_sequences ?? [] };
}

/** A body of `/messages/count_tokens`. */
export function readCount(json: JsonObject): Ask {
  return askOf(read(countShape, json));
}

function askOf(body: CountBody): Ask {
  const tools = toolsOf(body.tools ?? []);
  const choice = choiceOf(body.tool_choice);
  checkChoice(choice, tools);
  const schema = body.output_config?.format?.schema;
  return {
    turns: [...systemTurns(body.system), ...body.messages.flatMap(turnsOf)],
    tools,
    choice,
    parallelCalls: body.tool_choice?.disable_parallel_tool_use !== true,
    json: schema === undefined ? null : { schema: schema as JsonObject },
    maxTokens: null,
    stop: [],
  };
}

function systemTurns(system: CountBody['system']): Turn[] {
  return system == null ? [] : [{ kind: 'system', text: textOf(system) }];
}

/** Results of tools come in a user's turn, one block each. They are put last, to be seen as what came in. */
function turnsOf({ role, content }: CountBody['messages'][number]): Turn[] {
  if (typeof content === 'string') return [{ kind: role, text: content }];
  const results = content.filter((block) => block.type === 'tool_result');
  const text = textOf(content.filter((block) => block.type !== 'tool_result'));
  const calls = content.filter((block) => block.type === 'tool_use').map((block) => JSON.stringify(block));
  const said = text + calls.join('');
  const own: Turn[] = said === '' && results.length > 0 ? [] : [{ kind: role, text: said }];
  return [...own, ...results.map((block): Turn => ({ kind: 'tool_result', text: textOf(block.content) }))];
}

/** Tools with a type of their own (`web_search_20250305`) run at the provider. */
function toolsOf(tools: NonNullable<CountBody['tools']>): Tool[] {
  return tools
    .filter(({ type }) => type == null || type === 'custom')
    .map(({ name, input_schema }) => ({ name, schema: (input_schema ?? {}) as JsonObject }));
}

function choiceOf(choice: CountBody['tool_choice']): ToolChoice {
  switch (choice?.type) {
    case 'any':
      return { mode: 'required', names: null };
    case 'none':
      return { mode: 'none', names: null };
    case 'tool':
      return { mode: 'required', names: [choice.name ?? ''] };
    default:
      return AUTO;
  }
}
