import type { Row } from '../row.ts';
import { CHAT } from './chat-asks.ts';
import { PDF, PNG, SCHEMA } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'case 28: instructions at the beginning and in between',
    asks: CHAT.system,
    sends: {
      max_tokens: 64,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system>\nNow in French.\n</system>' },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
    },
    drops: ['messages[3].role'],
  },
  {
    name: 'cases 16, 17, 19, 21: calls, results, a forced tool, one at a time',
    asks: CHAT.tools,
    sends: {
      max_tokens: 64000,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me look.' },
            { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
            { type: 'tool_use', id: 'call_2', name: 'clock', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' },
            { type: 'tool_result', tool_use_id: 'call_2', content: '12:00' },
            { type: 'text', text: 'Thanks' },
          ],
        },
      ],
      tools: [
        {
          name: 'get_weather',
          description: 'W',
          input_schema: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          },
          strict: true,
        },
        { name: 'clock', input_schema: { type: 'object' } },
      ],
      tool_choice: { type: 'tool', name: 'clock', disable_parallel_tool_use: true },
    },
  },
  {
    name: 'case 16: some tool is required',
    asks: CHAT.required,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ name: 'clock', input_schema: { type: 'object' } }],
      tool_choice: { type: 'any' },
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: CHAT.schema,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      output_config: { format: { type: 'json_schema', schema: SCHEMA } },
    },
  },
  {
    name: 'cases 32, 33: images and a document',
    asks: CHAT.media,
    sends: {
      max_tokens: 64000,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: PDF },
              title: 'a.pdf',
            },
          ],
        },
      ],
    },
    drops: ['messages[0].content[1].detail'],
  },
  {
    name: 'cases 44, 45, 36: sampling, stop sequences, a user',
    asks: CHAT.sampling,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      top_p: 0.9,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
    },
    drops: ['temperature'],
    version: '2023-06-01',
  },
  {
    name: 'cases 39, 43: effort and a limit',
    asks: CHAT.reasoning,
    sends: {
      max_tokens: 8000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      thinking: { type: 'enabled', budget_tokens: 6400 },
    },
  },
  {
    name: 'cases 46, 49, 50: what only Chat has',
    asks: CHAT.lost,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    },
    refuses: 'frequency_penalty',
    drops: [
      'frequency_penalty',
      'seed',
      'logit_bias',
      'top_logprobs',
      'n',
      'verbosity',
      'prediction',
      'prompt_cache_key',
      'metadata',
      'store',
      'service_tier',
    ],
  },
  {
    name: 'case 26: a custom tool and its call',
    asks: CHAT.custom,
    sends: {
      max_tokens: 64000,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'call_1', name: 'sql', input: { input: 'SELECT 1' } }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '1' }] },
      ],
      tools: [
        {
          name: 'sql',
          description: 'Runs',
          input_schema: {
            type: 'object',
            properties: { input: { type: 'string' } },
            required: ['input'],
            additionalProperties: false,
          },
        },
      ],
    },
  },
  {
    name: 'case 34: audio',
    asks: CHAT.audio,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'case 32: a file of another provider’s',
    asks: CHAT.fileid,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'case 23: names of tools',
    asks: CHAT.names,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [
        { name: 'x'.repeat(64), input_schema: { type: 'object' } },
        { name: 'a_b_4la3gs', input_schema: { type: 'object' } },
      ],
    },
  },
];
