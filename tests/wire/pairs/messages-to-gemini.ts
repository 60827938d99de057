import type { Row } from '../row.ts';
import { MESSAGES } from './messages-asks.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

export const rows: readonly Row[] = [
  {
    name: 'cases 28, 42: a system prompt and hints for the cache',
    asks: MESSAGES.system,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'And?' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { maxOutputTokens: 64 },
    },
    drops: ['system[0].cache_control', 'messages[2].content[0].cache_control'],
  },
  {
    name: 'cases 16, 17, 19, 20: calls, results with an error and an image, a forced tool',
    asks: MESSAGES.tools,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        {
          role: 'model',
          parts: [
            { text: 'Let me look.' },
            { functionCall: { id: 'toolu_1', name: 'get_weather', args: { city: 'Rome' } } },
            { functionCall: { id: 'toolu_2', name: 'clock', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'toolu_1', name: 'get_weather', response: { output: 'sunny' } } },
            { functionResponse: { id: 'toolu_2', name: 'clock', response: { error: 'broken' } } },
            { inlineData: { mimeType: 'image/png', data: PNG } },
            { text: 'Go on' },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'get_weather', description: 'W', parametersJsonSchema: WEATHER },
            { name: 'clock', parametersJsonSchema: { type: 'object' } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['clock'] } },
      generationConfig: { maxOutputTokens: 64 },
    },
    refuses: 'tool_choice.disable_parallel_tool_use',
    drops: ['tool_choice.disable_parallel_tool_use'],
  },
  {
    name: 'case 16: some tool is required',
    asks: MESSAGES.required,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'clock', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      generationConfig: { maxOutputTokens: 64 },
    },
  },
  {
    name: 'case 48: an answer by a schema',
    asks: MESSAGES.schema,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: {
        maxOutputTokens: 64,
        responseMimeType: 'application/json',
        responseJsonSchema: SCHEMA,
      },
    },
  },
  {
    name: 'cases 32, 33: images and documents',
    asks: MESSAGES.media,
    sends: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'See' },
            { inlineData: { mimeType: 'image/png', data: PNG } },
            { inlineData: { mimeType: 'application/pdf', data: PDF } },
            { text: 'Notes\n\nold\n\nLorem' },
          ],
        },
      ],
      generationConfig: { maxOutputTokens: 64 },
    },
    refuses: 'messages[0].content[2]',
    drops: ['messages[0].content[2]', 'messages[0].content[4]', 'messages[0].content[3].title'],
  },
  {
    name: 'case 32: a file of Anthropic’s',
    asks: MESSAGES.fileid,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: 64 },
    },
    refuses: 'messages[0].content[0]',
    drops: ['messages[0].content[0]', 'messages[0]'],
  },
  {
    name: 'cases 36, 44, 45, 47, 49: sampling, stop sequences, a user, a tier',
    asks: MESSAGES.sampling,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { temperature: 0.5, topP: 0.9, topK: 5, maxOutputTokens: 64, stopSequences: ['END'] },
    },
    drops: ['service_tier', 'metadata.user_id'],
  },
  {
    name: 'case 39: a budget for thinking',
    asks: MESSAGES.thinking,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: {
        maxOutputTokens: 8000,
        thinkingConfig: { thinkingBudget: 4096, includeThoughts: true },
      },
    },
  },
  {
    name: 'case 39: adaptive thinking with an effort',
    asks: MESSAGES.adaptive,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: {
        maxOutputTokens: 8000,
        thinkingConfig: { thinkingBudget: 24576, includeThoughts: true },
      },
    },
  },
  {
    name: 'case 31: the beginning of the answer',
    asks: MESSAGES.prefill,
    sends: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hel' }] },
      ],
      generationConfig: { maxOutputTokens: 64 },
    },
  },
  {
    name: 'cases 24, 25: tools that providers run',
    asks: MESSAGES.server,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ googleSearch: {} }],
      generationConfig: { maxOutputTokens: 64 },
    },
    refuses: 'tools[1]',
    drops: ['tools[1]', 'tools[0].max_uses'],
  },
  {
    name: 'case 59: what only Messages has',
    asks: MESSAGES.lost,
    sends: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: 64 },
    },
    refuses: 'mcp_servers',
    drops: ['mcp_servers', 'context_management', 'container'],
  },
];
