import * as z from 'zod';
import type { JsonObject } from '../../domain/call.ts';
import { type Ask, AUTO, checkChoice, type Tool, type ToolChoice, type Turn, textOf } from './ask.ts';
import { content, count, flag, objects, read } from './read.ts';

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: content.nullish(),
  tool_calls: objects.nullish(),
});
const named = z.looseObject({ name: z.string().min(1) });
const tool = z.looseObject({
  type: z.string(),
  function: named.extend({ parameters: z.looseObject({}).nullish() }).optional(),
});
const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.looseObject({ type: z.literal('function'), function: named }),
  z.looseObject({
    type: z.literal('allowed_tools'),
    allowed_tools: z.looseObject({
      mode: z.enum(['auto', 'required']),
      tools: z.array(z.looseObject({ function: named })),
    }),
  }),
]);
const shape = z.looseObject({
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  response_format: z
    .looseObject({
      type: z.enum(['text', 'json_object', 'json_schema']),
      json_schema: z.looseObject({ schema: z.looseObject({}).nullish() }).optional(),
    })
    .nullish(),
  n: count.refine((n) => (n ?? 1) <= 128, 'at most 128'),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  stream_options: z.looseObject({ include_usage: flag }).nullish(),
});
type ChatBody = z.infer<typeof shape>;

export interface ChatRequest {
  readonly ask: Ask;
  readonly n: number;
  readonly includeUsage: boolean;
}

export function readChat(json: JsonObject): ChatRequest {
  const body = read(shape, json);
  const ask: Ask = {
    turns: body.messages.map(turnOf),
    tools: toolsOf(body.tools ?? []),
    choice: choiceOf(body.tool_choice),
    parallelCalls: body.parallel_tool_calls !== false,
    json: formatOf(body.response_format),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
  };
  checkChoice(ask.choice, ask.tools);
  return { ask, n: body.n ?? 1, includeUsage: body.stream_options?.include_usage === true };
}

const KINDS = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool_result',
  function: 'tool_result',
} as const satisfies Record<z.infer<typeof message>['role'], Turn['kind']>;

function turnOf({ role, content, tool_calls }: z.infer<typeof message>): Turn {
  const calls = tool_calls == null || tool_calls.length === 0 ? '' : JSON.stringify(tool_calls);
  return { kind: KINDS[role], text: textOf(content) + calls };
}

function toolsOf(tools: NonNullable<ChatBody['tools']>): Tool[] {
  return tools.flatMap((one) => {
    if (one.type !== 'function' || one.function === undefined) return [];
    return [{ name: one.function.name, schema: (one.function.parameters ?? {}) as JsonObject }];
  });
}

function choiceOf(choice: ChatBody['tool_choice']): ToolChoice {
  if (choice == null) return AUTO;
  if (typeof choice === 'string') return { mode: choice, names: null };
  if (choice.type === 'function') return { mode: 'required', names: [choice.function.name] };
  const { mode, tools } = choice.allowed_tools;
  return { mode, names: tools.map((one) => one.function.name) };
}

function formatOf(format: ChatBody['response_format']): Ask['json'] {
  if (format == null || format.type === 'text') return null;
  return { schema: (format.json_schema?.schema ?? null) as JsonObject | null };
}
