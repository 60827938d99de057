import type { Row } from '../row.ts';
import { CHAT } from './chat-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'case 28: instructions at the beginning and in between',
    asks: CHAT.system,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'And?' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Now in French.' }] },
      generationConfig: { maxOutputTokens: 64 },
    },
    drops: ['messages[3].role'],
  },
  {
    name: 'cases 16, 17, 19, 21: calls, results, a forced tool, one at a time',
    asks: CHAT.tools,
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
            { text: 'Thanks' },
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
    name: 'case 16: some tool is required',
    asks: CHAT.required,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'clock' }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: CHAT.schema,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    },
  },
  {
    name: 'cases 32, 33: images and a document',
    asks: CHAT.media,
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
    refuses: 'messages[0].content[2]',
    drops: ['messages[0].content[2]', 'messages[0].content[1].detail', 'messages[0].content[3].title'],
  },
  {
    name: 'cases 44, 45, 36: sampling, stop sequences, a user',
    asks: CHAT.sampling,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { temperature: 1.5, topP: 0.9, stopSequences: ['END'] },
    },
    drops: ['user'],
  },
  {
    name: 'cases 39, 43: effort and a limit',
    asks: CHAT.reasoning,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: 8000, thinkingConfig: { thinkingBudget: 24576 } },
    },
  },
  {
    name: 'cases 46, 49, 50: what only Chat has',
    asks: CHAT.lost,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ googleSearch: {} }],
      generationConfig: { seed: 7, frequencyPenalty: 0.5, responseLogprobs: true, logprobs: 2 },
    },
    refuses: 'logit_bias',
    drops: [
      'logit_bias',
      'n',
      'verbosity',
      'prediction',
      'service_tier',
      'prompt_cache_key',
      'metadata',
      'store',
    ],
  },
  {
    name: 'case 26: a custom tool and its call',
    asks: CHAT.custom,
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
              description: 'Runs',
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
  },
  {
    name: 'case 34: audio',
    asks: CHAT.audio,
    sends: {
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'audio/wav', data: 'UklG' } }, { text: 'Hi' }] },
      ],
    },
  },
  {
    name: 'case 32: a file of a provider’s own',
    asks: CHAT.fileid,
    sends: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'case 23: names of tools',
    asks: CHAT.names,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'x'.repeat(64) }, { name: 'a.b' }] }],
    },
  },
];
