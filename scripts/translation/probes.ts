import type { JsonObject } from '../../src/domain/call.ts';
import type { ConversationEndpoint, ConversationUpstream } from '../../src/translate/dialects.ts';

/** One thing that a client may ask for, in the words of each dialect that has some. */
export interface Feature {
  readonly name: string;
  readonly asks: Readonly<Partial<Record<ConversationEndpoint, JsonObject>>>;
  /** What becomes of it at a provider, where it does not go by the same words. */
  readonly adapted?: Readonly<Partial<Record<ConversationUpstream, string>>>;
}

const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0xLjQ=';
const SCHEMA: JsonObject = {
  type: 'object',
  properties: { a: { type: 'integer' } },
  required: ['a'],
  additionalProperties: false,
};

const chatUser = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const responsesUser = (...content: JsonObject[]): JsonObject => ({ input: [{ role: 'user', content }] });
const messagesUser = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });

const CHAT_TOOL: JsonObject = { type: 'function', function: { name: 'f', parameters: SCHEMA } };
const RESPONSES_TOOL: JsonObject = { type: 'function', name: 'f', parameters: SCHEMA, strict: false };
const MESSAGES_TOOL: JsonObject = { name: 'f', input_schema: SCHEMA };

function chatCall(result: JsonObject): JsonObject {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const asked = { role: 'assistant', content: null, tool_calls: [call] };
  return { messages: [{ role: 'user', content: 'Hi' }, asked, result], tools: [CHAT_TOOL] };
}
function responsesCall(output: string | JsonObject[]): JsonObject {
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
  const result = { type: 'function_call_output', call_id: 'call_1', output };
  return { input: [{ role: 'user', content: 'Hi' }, call, result], tools: [RESPONSES_TOOL] };
}
function messagesCall(result: JsonObject): JsonObject {
  const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
  const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '1', ...result }];
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [call] },
    { role: 'user', content },
  ];
  return { messages, tools: [MESSAGES_TOOL] };
}

export const FEATURES: readonly Feature[] = [
  {
    name: 'instructions at the beginning',
    asks: {
      chat: {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
        ],
      },
      responses: { instructions: 'Be brief.' },
      messages: { system: 'Be brief.' },
    },
  },
  {
    name: 'instructions between the turns',
    asks: {
      chat: {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hi' },
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'And?' },
        ],
      },
      responses: {
        input: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hi' },
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'And?' },
        ],
      },
    },
    adapted: { generate_content: 'move to the beginning' },
  },
  {
    name: 'the beginning of the answer (prefill)',
    asks: {
      messages: {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hel' },
        ],
      },
    },
  },
  {
    name: 'image as data',
    asks: {
      chat: chatUser({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
      responses: responsesUser({ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }),
      messages: messagesUser({
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: PNG },
      }),
    },
  },
  {
    name: 'image by URL',
    asks: {
      chat: chatUser({ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }),
      responses: responsesUser({ type: 'input_image', image_url: 'https://example.com/a.png' }),
      messages: messagesUser({ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }),
    },
  },
  {
    name: 'detail of an image',
    asks: {
      chat: chatUser({
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' },
      }),
      responses: responsesUser({
        type: 'input_image',
        image_url: `data:image/png;base64,${PNG}`,
        detail: 'low',
      }),
    },
  },
  {
    name: 'PDF as data',
    asks: {
      chat: chatUser({ type: 'file', file: { file_data: `data:application/pdf;base64,${PDF}` } }),
      responses: responsesUser({
        type: 'input_file',
        filename: 'a.pdf',
        file_data: `data:application/pdf;base64,${PDF}`,
      }),
      messages: messagesUser({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      }),
    },
  },
  {
    name: 'PDF by URL',
    asks: {
      responses: responsesUser({ type: 'input_file', file_url: 'https://example.com/a.pdf' }),
      messages: messagesUser({ type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } }),
    },
  },
  {
    name: 'document as text',
    asks: {
      messages: messagesUser({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'Lorem' },
      }),
    },
    adapted: { chat: 'is said as text', responses: 'is said as text', generate_content: 'is said as text' },
  },
  {
    name: 'citations of a document',
    asks: {
      messages: messagesUser({
        type: 'document',
        citations: { enabled: true },
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      }),
    },
  },
  {
    name: 'audio',
    asks: { chat: chatUser({ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }) },
  },
  {
    name: 'file of the provider by id',
    asks: {
      chat: chatUser({ type: 'file', file: { file_id: 'file-abc123' } }),
      responses: responsesUser({ type: 'input_file', file_id: 'file-abc123' }),
      messages: messagesUser({ type: 'document', source: { type: 'file', file_id: 'file_abc123' } }),
    },
  },
  {
    name: 'tools, calls and results',
    asks: {
      chat: chatCall({ role: 'tool', tool_call_id: 'call_1', content: '1' }),
      responses: responsesCall('1'),
      messages: messagesCall({}),
    },
  },
  {
    name: 'result that is an error',
    asks: { messages: messagesCall({ is_error: true }) },
    adapted: { chat: 'is said in words', responses: 'is said in words' },
  },
  {
    name: 'image in a result',
    asks: {
      responses: responsesCall([{ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }]),
      messages: messagesCall({
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
      }),
    },
    adapted: { chat: 'follows in a turn of the user', generate_content: 'follows in the same turn' },
  },
  {
    name: 'strict tools',
    asks: {
      chat: { tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA, strict: true } }] },
      responses: { tools: [{ ...RESPONSES_TOOL, strict: true }] },
      messages: { tools: [{ ...MESSAGES_TOOL, strict: true }] },
    },
    adapted: { generate_content: 'calls keep to their schemas (mode `VALIDATED`)' },
  },
  {
    name: 'custom tools (free text)',
    asks: {
      chat: { tools: [{ type: 'custom', custom: { name: 'f' } }] },
      responses: { tools: [{ type: 'custom', name: 'f' }] },
    },
    adapted: {
      chat: 'are functions of one text',
      messages: 'are functions of one text',
      generate_content: 'are functions of one text',
    },
  },
  {
    name: 'forced tool',
    asks: {
      chat: { tools: [CHAT_TOOL], tool_choice: { type: 'function', function: { name: 'f' } } },
      responses: { tools: [RESPONSES_TOOL], tool_choice: { type: 'function', name: 'f' } },
      messages: { tools: [MESSAGES_TOOL], tool_choice: { type: 'tool', name: 'f' } },
    },
  },
  {
    name: 'choice among some tools',
    asks: {
      chat: {
        tools: [CHAT_TOOL],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
      responses: {
        tools: [RESPONSES_TOOL],
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      },
    },
    adapted: { chat: 'only those are offered', messages: 'only those are offered' },
  },
  {
    name: 'one call at a time',
    asks: {
      chat: { tools: [CHAT_TOOL], parallel_tool_calls: false },
      responses: { tools: [RESPONSES_TOOL], parallel_tool_calls: false },
      messages: { tools: [MESSAGES_TOOL], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    },
  },
  {
    name: 'web search',
    asks: {
      chat: { web_search_options: {} },
      responses: { tools: [{ type: 'web_search' }] },
      messages: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    },
    adapted: {
      chat: '`web_search_options`',
      responses: '`web_search`',
      messages: '`web_search_20250305`',
      generate_content: '`googleSearch`',
    },
  },
  {
    name: 'other tools that a provider runs',
    asks: {
      responses: { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
      messages: { tools: [{ type: 'bash_20250124', name: 'bash' }] },
    },
  },
  {
    name: 'JSON by a schema',
    asks: {
      chat: {
        response_format: { type: 'json_schema', json_schema: { name: 'out', schema: SCHEMA, strict: true } },
      },
      responses: { text: { format: { type: 'json_schema', name: 'out', schema: SCHEMA, strict: true } } },
      messages: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
    },
    adapted: { generate_content: '`responseJsonSchema`', messages: '`output_config.format`' },
  },
  {
    name: 'JSON of any form',
    asks: {
      chat: { response_format: { type: 'json_object' } },
      responses: { text: { format: { type: 'json_object' } } },
    },
  },
];
