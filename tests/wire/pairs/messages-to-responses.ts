import type { Row } from '../row.ts';
import { MESSAGES } from './messages-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 42: a system prompt and hints for the cache',
    asks: MESSAGES.system,
    sends: {
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
        { role: 'user', content: 'And?' },
      ],
      max_output_tokens: 64,
      store: false,
    },
    drops: ['system[0].cache_control', 'messages[2].content[0].cache_control'],
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an error and an image, a forced tool',
    asks: MESSAGES.tools,
    sends: {
      input: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Let me look.' }] },
        { type: 'function_call', call_id: 'toolu_1', name: 'get_weather', arguments: '{"city":"Rome"}' },
        { type: 'function_call', call_id: 'toolu_2', name: 'clock', arguments: '{}' },
        { type: 'function_call_output', call_id: 'toolu_1', output: 'sunny' },
        {
          type: 'function_call_output',
          call_id: 'toolu_2',
          output: [
            { type: 'input_text', text: 'Error:' },
            { type: 'input_text', text: 'broken' },
            { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
          ],
        },
        { role: 'user', content: 'Go on' },
      ],
      tools: [
        { type: 'function', name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
        { type: 'function', name: 'clock', parameters: { type: 'object' }, strict: false },
      ],
      tool_choice: { type: 'function', name: 'clock' },
      parallel_tool_calls: false,
      max_output_tokens: 64,
      store: false,
    },
  },
  {
    name: 'case 16: some tool is required',
    asks: MESSAGES.required,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', name: 'clock', parameters: { type: 'object' }, strict: false }],
      tool_choice: 'required',
      max_output_tokens: 64,
      store: false,
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: MESSAGES.schema,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      text: { format: { type: 'json_schema', name: 'response', schema: SCHEMA, strict: true } },
      max_output_tokens: 64,
      store: false,
    },
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: MESSAGES.media,
    sends: {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See' },
            { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
            { type: 'input_file', file_url: 'https://example.com/a.pdf' },
            { type: 'input_text', text: 'Notes' },
            { type: 'input_text', text: 'old' },
            { type: 'input_text', text: 'Lorem' },
          ],
        },
      ],
      max_output_tokens: 64,
      store: false,
    },
  },
  {
    name: 'case 32: a file of Anthropic’s',
    asks: MESSAGES.fileid,
    sends: { input: [{ role: 'user', content: 'Hi' }], max_output_tokens: 64, store: false },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'cases 36, 44, 45, 47, 49: sampling, stop sequences, a user, a tier',
    asks: MESSAGES.sampling,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      max_output_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      service_tier: 'default',
      user: 'u1',
      store: false,
    },
    refuses: 'top_k',
    drops: ['top_k', 'stop_sequences'],
  },
  {
    name: 'case 39: a budget for thinking',
    asks: MESSAGES.thinking,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      reasoning: { effort: 'low' },
      max_output_tokens: 8000,
      include: ['reasoning.encrypted_content'],
      store: false,
    },
  },
  {
    name: 'case 39: adaptive thinking with an effort',
    asks: MESSAGES.adaptive,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      reasoning: { effort: 'high' },
      max_output_tokens: 8000,
      include: ['reasoning.encrypted_content'],
      store: false,
    },
  },
  {
    name: 'case 31: the beginning of the answer',
    asks: MESSAGES.prefill,
    sends: {
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Hel' }] },
      ],
      max_output_tokens: 64,
      store: false,
    },
    refuses: 'messages[1]',
    drops: ['messages[1]'],
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: MESSAGES.server,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'web_search' }],
      max_tool_calls: 3,
      max_output_tokens: 64,
      store: false,
    },
    refuses: 'tools[1]',
    drops: ['tools[1]'],
  },
  {
    name: 'case 59: what only Messages has',
    asks: MESSAGES.lost,
    sends: { input: [{ role: 'user', content: 'Hi' }], max_output_tokens: 64, store: false },
    refuses: 'mcp_servers',
    drops: ['mcp_servers', 'context_management', 'container'],
  },
];
