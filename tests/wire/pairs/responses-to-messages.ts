import type { Row } from '../row.ts';
import { RESPONSES } from './responses-asks.ts';
import { PDF, PNG, SCHEMA } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 29: instructions and messages in between',
    asks: RESPONSES.system,
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
    drops: ['input[2].role'],
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an image, a forced tool',
    asks: RESPONSES.tools,
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
            {
              type: 'tool_result',
              tool_use_id: 'call_2',
              content: [
                { type: 'text', text: '12:00' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
              ],
            },
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
    name: 'case 16: allowed tools',
    asks: RESPONSES.allowed,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ name: 'clock', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: RESPONSES.schema,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      output_config: { format: { type: 'json_schema', schema: SCHEMA } },
    },
    refuses: 'text.verbosity',
    drops: ['text.verbosity'],
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: RESPONSES.media,
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
            { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
          ],
        },
      ],
    },
    drops: ['input[0].content[1].detail'],
  },
  {
    name: "case 32: a file of the provider's own",
    asks: RESPONSES.fileid,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    },
    refuses: 'input[0].content[0]',
    drops: ['input[0].content[0]', 'input[0]'],
  },
  {
    name: 'cases 38, 39: effort, a summary, and nothing stored',
    asks: RESPONSES.reasoning,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      thinking: { type: 'enabled', budget_tokens: 16384, display: 'summarized' },
    },
  },
  {
    name: 'case 50: an answer that the provider keeps',
    asks: RESPONSES.lost,
    sends: { max_tokens: 64000, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    refuses: 'previous_response_id',
    drops: ['previous_response_id'],
  },
  {
    name: 'case 50: the rest that only Responses has',
    asks: RESPONSES.lost2,
    sends: { max_tokens: 64000, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    refuses: 'top_logprobs',
    drops: ['top_logprobs', 'background', 'conversation', 'prompt', 'truncation'],
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: RESPONSES.server,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    },
    refuses: 'tools[1]',
    drops: ['tools[1]', 'tools[2]', 'tools[0].search_context_size'],
  },
  {
    name: 'case 26: a custom tool with a grammar and its call',
    asks: RESPONSES.custom,
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
          description:
            'Runs\n\nThe input must follow this grammar: {"type":"grammar","syntax":"lark","definition":"start: \\"x\\""}',
          input_schema: {
            type: 'object',
            properties: { input: { type: 'string' } },
            required: ['input'],
            additionalProperties: false,
          },
        },
      ],
    },
    drops: ['tools[0].format'],
  },
  {
    name: 'cases 44, 49, 36: sampling, a tier, a user',
    asks: RESPONSES.sampling,
    sends: {
      max_tokens: 64000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      top_p: 0.9,
      metadata: { user_id: 'u1' },
    },
    drops: ['temperature', 'service_tier'],
    version: '2023-06-01',
  },
];
