import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { textOf } from '../../json.ts';
import type { Conversation, Message } from '../hub/conversation.ts';
import { invalid, numberAt, type Others, setAsideRest, textAt } from './fields.ts';
import { readInput } from './read-input.ts';
import { readSettings, SETTING_FIELDS } from './read-settings.ts';
import { limitToolCalls, readToolChoice, readTools } from './read-tools.ts';

/** A client's request (https://platform.openai.com/docs/api-reference/responses/create). */
export function readRequest(body: JsonObject): Conversation {
  const others: Others = {};
  setAsideRest(body, '', others, FIELDS, NEUTRAL);
  const limit = numberAt(body, 'max_tool_calls');
  const tools = readTools(body.tools, others);
  const toolChoice = readToolChoice(body.tool_choice, others);
  const input = readInput(body.input, others);
  if (input.length === 0 && Object.keys(others).length === 0) throw invalid('input', 'is missing or empty');
  return {
    model: textOf(body.model),
    stream: body.stream === true,
    messages: [...instructions(body), ...input],
    tools: limit === undefined ? tools : limitToolCalls(tools, limit, others),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...readSettings(body, others),
    others,
  };
}

const FIELDS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'max_tool_calls',
  ...SETTING_FIELDS,
]);

/** Values that ask for what happens anyway. */
const NEUTRAL: Readonly<Record<string, JsonValue>> = {
  store: false,
  background: false,
  truncation: 'disabled',
  stream_options: { include_obfuscation: false },
  context_management: [],
};

function instructions(body: JsonObject): Message[] {
  const at = 'instructions';
  const text = textAt(body, at, at) ?? '';
  return text === '' ? [] : [{ role: 'system', origin: 'top', content: [{ type: 'text', text, at }], at }];
}
