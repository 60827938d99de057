import type { Row } from '../row.ts';
import { RESPONSES } from './responses-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 29: instructions and messages in between',
    asks: RESPONSES.system,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'And?' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Now in French.' }] },
      generationConfig: { maxOutputTokens: 64 },
    },
    drops: ['input[2].role'],
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an image, a forced tool',
    asks: RESPONSES.tools,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        {
          role: 'model',
          parts: [
            { text: 'Let me look.' },
            { functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'Rome' } } },
            { functionCall: { id: 'call_2', name: 'clock', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'call_1', name: 'get_weather', response: { output: 'sunny' } } },
            { functionResponse: { id: 'call_2', name: 'clock', response: { output: '12:00' } } },
            { inlineData: { mimeType: 'image/png', data: PNG } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'get_weather', description: 'W', parametersJsonSchema: WEATHER },
            { name: 'clock' },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['clock'] } },
    },
    refuses: 'parallel_tool_calls',
    drops: ['parallel_tool_calls'],
  },
  {
    name: 'case 16: allowed tools',
    asks: RESPONSES.allowed,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [
        {
          functionDeclarations: [
            { name: 'clock', parametersJsonSchema: { type: 'object', properties: {} } },
            { name: 'f', parametersJsonSchema: { type: 'object', properties: {} } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['clock'] } },
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: RESPONSES.schema,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    },
    refuses: 'text.verbosity',
    drops: ['text.verbosity'],
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: RESPONSES.media,
    sends: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'See' },
            { inlineData: { mimeType: 'image/png', data: PNG } },
            { inlineData: { mimeType: 'application/pdf', data: PDF } },
          ],
        },
      ],
    },
    refuses: 'input[0].content[2]',
    drops: [
      'input[0].content[2]',
      'input[0].content[4]',
      'input[0].content[1].detail',
      'input[0].content[3].title',
    ],
  },
  {
    name: "case 32: a file of the provider's own",
    asks: RESPONSES.fileid,
    sends: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    refuses: 'input[0].content[0]',
    drops: ['input[0].content[0]', 'input[0]'],
  },
  {
    name: 'cases 38, 39: effort, a summary, and nothing stored',
    asks: RESPONSES.reasoning,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { thinkingConfig: { thinkingBudget: 24576, includeThoughts: true } },
    },
  },
  {
    name: 'case 50: an answer that the provider keeps',
    asks: RESPONSES.lost,
    sends: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    refuses: 'previous_response_id',
    drops: ['previous_response_id'],
  },
  {
    name: 'case 50: the rest that only Responses has',
    asks: RESPONSES.lost2,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { responseLogprobs: true, logprobs: 3 },
    },
    refuses: 'background',
    drops: ['background', 'conversation', 'prompt', 'truncation'],
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: RESPONSES.server,
    sends: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], tools: [{ googleSearch: {} }] },
    refuses: 'tools[1]',
    drops: ['tools[1]', 'tools[2]', 'tools[0].search_context_size'],
  },
  {
    name: 'case 26: a custom tool with a grammar and its call',
    asks: RESPONSES.custom,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        {
          role: 'model',
          parts: [{ functionCall: { id: 'call_1', name: 'sql', args: { input: 'SELECT 1' } } }],
        },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'call_1', name: 'sql', response: { output: '1' } } }],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'sql',
              description:
                'Runs\n\nThe input must follow this grammar: {"type":"grammar","syntax":"lark","definition":"start: \\"x\\""}',
              parametersJsonSchema: {
                type: 'object',
                properties: { input: { type: 'string' } },
                required: ['input'],
                additionalProperties: false,
              },
            },
          ],
        },
      ],
    },
    drops: ['tools[0].format'],
  },
  {
    name: 'cases 44, 49, 36: sampling, a tier, a user',
    asks: RESPONSES.sampling,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { temperature: 1.5, topP: 0.9 },
    },
    drops: ['service_tier', 'user'],
  },
];
