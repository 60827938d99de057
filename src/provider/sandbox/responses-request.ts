import * as z from 'zod';
import type { JsonObject } from '../../domain/call.ts';
import { type Ask, AUTO, checkChoice, type Tool, type ToolChoice, type Turn, textOf } from './ask.ts';
import { ApiError } from './errors.ts';
import { content, count, flag, read } from './read.ts';

const named = z.looseObject({ type: z.string(), name: z.string().min(1) });
const item = z.looseObject({
  type: z.string().nullish(),
  role: z.enum(['user', 'assistant', 'system', 'developer']).optional(),
  content: content.nullish(),
});
const shape = z.looseObject({
  input: z.union([z.string(), z.array(item)]).nullish(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.looseObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(named),
      }),
      named,
    ])
    .nullish(),
  parallel_tool_calls: flag,
  max_output_tokens: count,
  store: flag,
  background: flag,
  metadata: z.record(z.string(), z.string()).nullish(),
  text: z
    .looseObject({
      format: z
        .looseObject({
          type: z.enum(['text', 'json_object', 'json_schema']),
          schema: z.looseObject({}).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
type ResponsesBody = z.infer<typeof shape>;
type Item = z.infer<typeof item>;

const functionTool = named.extend({
  type: z.literal('function'),
  parameters: z.looseObject({}).nullish(),
});

export interface ResponsesRequest {
  readonly ask: Ask;
  readonly body: ResponsesBody;
  /** The input as items, a bare text made into one. */
  readonly items: readonly JsonObject[];
}

export function readResponses(json: JsonObject): ResponsesRequest {
  const body = read(shape, json);
  const items = itemsOf(body);
  const ask: Ask = {
    turns: [...instructions(body), ...items.map(turnOf)],
    tools: toolsOf(body.tools ?? []),
    choice: choiceOf(body.tool_choice),
    parallelCalls: body.parallel_tool_calls !== false,
    json: formatOf(body.text?.format),
    maxTokens: body.max_output_tokens ?? null,
    stop: [],
  };
  checkChoice(ask.choice, ask.tools);
  return { ask, body, items: items as readonly JsonObject[] };
}

function itemsOf({ input, previous_response_id }: ResponsesBody): Item[] {
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
  }
  const items = input ?? [];
  if (items.length > 0 || previous_response_id != null) return items;
  throw new ApiError(400, 'input: a text or at least one item is required', { param: 'input' });
}

function instructions({ instructions }: ResponsesBody): Turn[] {
  return instructions == null ? [] : [{ kind: 'system', text: instructions }];
}

const KINDS = {
  user: 'user',
  assistant: 'assistant',
  system: 'system',
  developer: 'system',
} as const satisfies Record<NonNullable<Item['role']>, Turn['kind']>;

function turnOf(item: Item): Turn {
  if (item.role !== undefined) return { kind: KINDS[item.role], text: textOf(item.content) };
  if (item.type?.endsWith('_call_output')) return { kind: 'tool_result', text: textOf(item.output) };
  return { kind: 'assistant', text: typeof item.arguments === 'string' ? item.arguments : '' };
}

function toolsOf(tools: NonNullable<ResponsesBody['tools']>): Tool[] {
  return tools
    .filter((tool) => tool.type === 'function')
    .map((tool) => read(functionTool, tool))
    .map(({ name, parameters }) => ({ name, schema: (parameters ?? {}) as JsonObject }));
}

function choiceOf(choice: ResponsesBody['tool_choice']): ToolChoice {
  if (choice == null) return AUTO;
  if (typeof choice === 'string') return { mode: choice, names: null };
  if ('mode' in choice && Array.isArray(choice.tools)) {
    return { mode: choice.mode === 'required' ? 'required' : 'auto', names: choice.tools.map(nameOf) };
  }
  return choice.type === 'function' ? { mode: 'required', names: [nameOf(choice)] } : AUTO;
}

function nameOf(choice: unknown): string {
  return read(named, choice).name;
}

function formatOf(format: NonNullable<ResponsesBody['text']>['format']): Ask['json'] {
  if (format == null || format.type === 'text') return null;
  return { schema: (format.schema ?? null) as JsonObject | null };
}
