import type { Json } from '../../support/corpus.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

/** What clients of Messages say, by topic; the model is named by the test. */
export const MESSAGES = {
  system: {
    max_tokens: 64,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      {
        role: 'user',
        content: [{ type: 'text', text: 'And?', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
    ],
  },
  tools: {
    max_tokens: 64,
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Rome' } },
          { type: 'tool_use', id: 'toolu_2', name: 'clock', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_2',
            is_error: true,
            content: [
              { type: 'text', text: 'broken' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
          { type: 'text', text: 'Go on' },
        ],
      },
    ],
    tools: [
      { name: 'get_weather', description: 'W', input_schema: WEATHER, strict: true },
      { name: 'clock', input_schema: { type: 'object' } },
    ],
    tool_choice: { type: 'tool', name: 'clock', disable_parallel_tool_use: true },
  },
  required: {
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 'clock', input_schema: { type: 'object' } }],
    tool_choice: { type: 'any' },
  },
  schema: {
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    output_config: { format: { type: 'json_schema', schema: SCHEMA } },
  },
  media: {
    max_tokens: 64,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          {
            type: 'document',
            title: 'a.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: PDF },
          },
          { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
          {
            type: 'document',
            title: 'Notes',
            context: 'old',
            source: { type: 'text', media_type: 'text/plain', data: 'Lorem' },
          },
        ],
      },
    ],
  },
  fileid: {
    max_tokens: 64,
    messages: [
      { role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'file_011CNha8' } }] },
      { role: 'user', content: 'Hi' },
    ],
  },
  sampling: {
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stop_sequences: ['END'],
    metadata: { user_id: 'u1' },
    service_tier: 'standard_only',
  },
  thinking: {
    max_tokens: 8000,
    messages: [{ role: 'user', content: 'Hi' }],
    thinking: { type: 'enabled', budget_tokens: 4096 },
  },
  adaptive: {
    max_tokens: 8000,
    messages: [{ role: 'user', content: 'Hi' }],
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
  },
  prefill: {
    max_tokens: 64,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hel' },
    ],
  },
  server: {
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
      { type: 'bash_20250124', name: 'bash' },
    ],
  },
  lost: {
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    mcp_servers: [{ type: 'url', name: 'x', url: 'https://example.com' }],
    context_management: { edits: [] },
    container: 'c1',
  },
} satisfies Record<string, Json>;
