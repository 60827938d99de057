import type { Json } from '../../support/corpus.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

/** What clients of Chat say, by topic; the model is named by the test. */
export const CHAT = {
  system: {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'developer', content: 'Now in French.' },
      { role: 'user', content: [{ type: 'text', text: 'And?' }] },
    ],
    max_completion_tokens: 64,
  },
  tools: {
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
          { id: 'call_2', type: 'function', function: { name: 'clock', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: '12:00' }] },
      { role: 'user', content: 'Thanks' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
      },
      { type: 'function', function: { name: 'clock' } },
    ],
    tool_choice: { type: 'function', function: { name: 'clock' } },
    parallel_tool_calls: false,
  },
  required: {
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'clock' } }],
    tool_choice: 'required',
  },
  schema: {
    messages: [{ role: 'user', content: 'Hi' }],
    response_format: { type: 'json_schema', json_schema: { name: 'out', strict: true, schema: SCHEMA } },
  },
  media: {
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
  sampling: {
    messages: [{ role: 'user', content: 'Hi' }],
    temperature: 1.5,
    top_p: 0.9,
    stop: ['END'],
    user: 'u1',
  },
  reasoning: {
    messages: [{ role: 'user', content: 'Hi' }],
    reasoning_effort: 'high',
    max_completion_tokens: 8000,
  },
  lost: {
    messages: [{ role: 'user', content: 'Hi' }],
    seed: 7,
    frequency_penalty: 0.5,
    logit_bias: { '1': 2 },
    n: 2,
    logprobs: true,
    top_logprobs: 2,
    store: true,
    prediction: { type: 'content', content: 'x' },
    verbosity: 'low',
    metadata: { a: 'b' },
    service_tier: 'flex',
    prompt_cache_key: 'k',
    web_search_options: {},
  },
  custom: {
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
    ],
    tools: [{ type: 'custom', custom: { name: 'sql', description: 'Runs' } }],
  },
  audio: {
    messages: [
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }] },
      { role: 'user', content: 'Hi' },
    ],
  },
  fileid: {
    messages: [
      { role: 'user', content: [{ type: 'file', file: { file_id: 'file-abc' } }] },
      { role: 'user', content: 'Hi' },
    ],
  },
  names: {
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [
      { type: 'function', function: { name: 'x'.repeat(64) } },
      { type: 'function', function: { name: 'a.b' } },
    ],
  },
} satisfies Record<string, Json>;
