import type { Row } from '../row.ts';
import { RESPONSES } from './responses-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 29: instructions and messages in between',
    asks: RESPONSES.system,
    sends: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'developer', content: 'Now in French.' },
        { role: 'user', content: 'And?' },
      ],
      max_completion_tokens: 64,
    },
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an image, a forced tool',
    asks: RESPONSES.tools,
    sends: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Let me look.',
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'get_weather', arguments: '{"city": "Rome"}' },
            },
            { id: 'call_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        {
          role: 'tool',
          tool_call_id: 'call_2',
          content: '12:00\n(What is not text follows in the next user message.)',
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'From the result of the tool call call_2:' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
        },
        { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
      ],
      tool_choice: { type: 'function', function: { name: 'clock' } },
      parallel_tool_calls: false,
    },
  },
  {
    name: 'case 16: allowed tools',
    asks: RESPONSES.allowed,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [
        {
          type: 'function',
          function: { name: 'clock', parameters: { type: 'object', properties: {} }, strict: false },
        },
      ],
      tool_choice: 'required',
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: RESPONSES.schema,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_schema', json_schema: { name: 'out', schema: SCHEMA, strict: true } },
      verbosity: 'low',
    },
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: RESPONSES.media,
    sends: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
          ],
        },
      ],
    },
    refuses: 'input[0].content[4]',
    drops: ['input[0].content[4]'],
  },
  {
    name: "case 32: a file of the provider's own",
    asks: RESPONSES.fileid,
    sends: {
      messages: [
        { role: 'user', content: [{ type: 'file', file: { file_id: 'file-abc' } }] },
        { role: 'user', content: 'Hi' },
      ],
    },
  },
  {
    name: 'cases 38, 39: effort, a summary, and nothing stored',
    asks: RESPONSES.reasoning,
    sends: { messages: [{ role: 'user', content: 'Hi' }] },
    refuses: 'reasoning',
    drops: ['reasoning'],
  },
  {
    name: 'case 50: an answer that the provider keeps',
    asks: RESPONSES.lost,
    sends: { messages: [{ role: 'user', content: 'Hi' }] },
    refuses: 'previous_response_id',
    drops: ['previous_response_id'],
  },
  {
    name: 'case 50: the rest that only Responses has',
    asks: RESPONSES.lost2,
    sends: { messages: [{ role: 'user', content: 'Hi' }], logprobs: true, top_logprobs: 3 },
    refuses: 'background',
    drops: ['background', 'conversation', 'prompt', 'truncation'],
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: RESPONSES.server,
    sends: {
      messages: [{ role: 'user', content: 'Hi' }],
      web_search_options: { search_context_size: 'low' },
    },
    refuses: 'tools[1]',
    drops: ['tools[1]', 'tools[2]'],
  },
  {
    name: 'case 26: a custom tool with a grammar and its call',
    asks: RESPONSES.custom,
    sends: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'sql', arguments: '{"input":"SELECT 1"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '1' },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'sql',
            description:
              'Runs\n\nThe input must follow this grammar: {"type":"grammar","syntax":"lark","definition":"start: \\"x\\""}',
            parameters: {
              type: 'object',
              properties: { input: { type: 'string' } },
              required: ['input'],
              additionalProperties: false,
            },
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
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 1.5,
      top_p: 0.9,
      user: 'u1',
      service_tier: 'flex',
    },
  },
];
