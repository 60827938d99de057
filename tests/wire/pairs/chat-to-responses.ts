import type { Row } from '../row.ts';
import { CHAT } from './chat-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'case 28: instructions at the beginning and in between',
    asks: CHAT.system,
    sends: {
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
        { role: 'developer', content: 'Now in French.' },
        { role: 'user', content: 'And?' },
      ],
      max_output_tokens: 64,
      store: false,
    },
  },
  {
    name: 'cases 16, 17, 19, 21: calls, results, a forced tool, one at a time',
    asks: CHAT.tools,
    sends: {
      input: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Let me look.' }] },
        { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city": "Rome"}' },
        { type: 'function_call', call_id: 'call_2', name: 'clock', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
        { type: 'function_call_output', call_id: 'call_2', output: '12:00' },
        { role: 'user', content: 'Thanks' },
      ],
      tools: [
        { type: 'function', name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
        { type: 'function', name: 'clock', parameters: { type: 'object', properties: {} }, strict: false },
      ],
      tool_choice: { type: 'function', name: 'clock' },
      parallel_tool_calls: false,
      store: false,
    },
  },
  {
    name: 'case 16: some tool is required',
    asks: CHAT.required,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      tools: [
        { type: 'function', name: 'clock', parameters: { type: 'object', properties: {} }, strict: false },
      ],
      tool_choice: 'required',
      store: false,
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: CHAT.schema,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      text: { format: { type: 'json_schema', name: 'out', schema: SCHEMA, strict: true } },
      store: false,
    },
  },
  {
    name: 'cases 32, 33: images and a document',
    asks: CHAT.media,
    sends: {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See' },
            { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
          ],
        },
      ],
      store: false,
    },
  },
  {
    name: 'cases 44, 45, 36: sampling, stop sequences, a user',
    asks: CHAT.sampling,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      temperature: 1.5,
      top_p: 0.9,
      user: 'u1',
      store: false,
    },
    refuses: 'stop',
    drops: ['stop'],
  },
  {
    name: 'cases 39, 43: effort and a limit',
    asks: CHAT.reasoning,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      reasoning: { effort: 'high' },
      max_output_tokens: 8000,
      include: ['reasoning.encrypted_content'],
      store: false,
    },
  },
  {
    name: 'cases 46, 49, 50: what only Chat has',
    asks: CHAT.lost,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'web_search' }],
      text: { verbosity: 'low' },
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
      service_tier: 'flex',
      prompt_cache_key: 'k',
      metadata: { a: 'b' },
      store: false,
    },
    refuses: 'frequency_penalty',
    drops: ['frequency_penalty', 'seed', 'logit_bias', 'n', 'prediction', 'store'],
  },
  {
    name: 'case 26: a custom tool and its call',
    asks: CHAT.custom,
    sends: {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'SELECT 1' },
        { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
      ],
      tools: [{ type: 'custom', name: 'sql', description: 'Runs' }],
      store: false,
    },
  },
  {
    name: 'case 34: audio',
    asks: CHAT.audio,
    sends: { input: [{ role: 'user', content: 'Hi' }], store: false },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'case 32: a file of the provider’s own',
    asks: CHAT.fileid,
    sends: {
      input: [
        { role: 'user', content: [{ type: 'input_file', file_id: 'file-abc' }] },
        { role: 'user', content: 'Hi' },
      ],
      store: false,
    },
  },
  {
    name: 'case 23: names of tools',
    asks: CHAT.names,
    sends: {
      input: [{ role: 'user', content: 'Hi' }],
      tools: [
        {
          type: 'function',
          name: 'x'.repeat(64),
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
        {
          type: 'function',
          name: 'a_b_4la3gs',
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
      ],
      store: false,
    },
  },
];
