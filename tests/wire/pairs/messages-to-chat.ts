import type { Row } from '../row.ts';
import { MESSAGES } from './messages-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 42: a system prompt and hints for the cache',
    asks: MESSAGES.system,
    sends: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'And?' },
      ],
      max_completion_tokens: 64,
    },
    drops: ['system[0].cache_control', 'messages[2].content[0].cache_control'],
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an error and an image, a forced tool',
    asks: MESSAGES.tools,
    sends: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Let me look.',
          tool_calls: [
            {
              id: 'toolu_1',
              type: 'function',
              function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
            },
            { id: 'toolu_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'sunny' },
        {
          role: 'tool',
          tool_call_id: 'toolu_2',
          content: 'Error: broken\n(What is not text follows in the next user message.)',
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'From the result of the tool call toolu_2:' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
        },
        { type: 'function', function: { name: 'clock', parameters: { type: 'object' } } },
      ],
      tool_choice: { type: 'function', function: { name: 'clock' } },
      parallel_tool_calls: false,
      max_completion_tokens: 64,
    },
  },
  {
    name: 'case 16: some tool is required',
    asks: MESSAGES.required,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'clock', parameters: { type: 'object' } } }],
      tool_choice: 'required',
      max_completion_tokens: 64,
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: MESSAGES.schema,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      max_completion_tokens: 64,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'response', schema: SCHEMA, strict: true },
      },
    },
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: MESSAGES.media,
    sends: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
            { type: 'text', text: 'Notes' },
            { type: 'text', text: 'old' },
            { type: 'text', text: 'Lorem' },
          ],
        },
      ],
      max_completion_tokens: 64,
    },
    refuses: 'messages[0].content[4]',
    drops: ['messages[0].content[4]'],
  },
  {
    name: 'case 32: a file of Anthropic’s',
    asks: MESSAGES.fileid,
    sends: { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 64 },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'cases 36, 44, 45, 47, 49: sampling, stop sequences, a user, a tier',
    asks: MESSAGES.sampling,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      max_completion_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      user: 'u1',
      service_tier: 'default',
    },
    refuses: 'top_k',
    drops: ['top_k'],
  },
  {
    name: 'case 39: a budget for thinking',
    asks: MESSAGES.thinking,
    sends: { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 8000 },
    refuses: 'thinking',
    drops: ['thinking'],
  },
  {
    name: 'case 39: adaptive thinking with an effort',
    asks: MESSAGES.adaptive,
    sends: { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 8000 },
    refuses: 'thinking',
    drops: ['thinking'],
  },
  {
    name: 'case 31: the beginning of the answer',
    asks: MESSAGES.prefill,
    sends: { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 64 },
    refuses: 'messages[1]',
    drops: ['messages[1]'],
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: MESSAGES.server,
    sends: { messages: [{ role: 'user', content: 'Hi' }], web_search_options: {}, max_completion_tokens: 64 },
    refuses: 'tools[1]',
    drops: ['tools[1]', 'tools[0].max_uses'],
  },
  {
    name: 'case 59: what only Messages has',
    asks: MESSAGES.lost,
    sends: { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 64 },
    refuses: 'mcp_servers',
    drops: ['mcp_servers', 'context_management', 'container'],
  },
];
