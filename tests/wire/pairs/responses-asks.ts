import type { Json } from '../../support/corpus.ts';
import { PDF, PNG, SCHEMA, WEATHER } from './things.ts';

/** What clients of Responses say, by topic; the model is named by the test. */
export const RESPONSES = {
  system: {
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'developer', content: 'Now in French.' },
      { role: 'user', content: [{ type: 'input_text', text: 'And?' }] },
    ],
    max_output_tokens: 64,
  },
  tools: {
    input: [
      { role: 'user', content: 'Weather?' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me look.' }] },
      { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city": "Rome"}' },
      { type: 'function_call', call_id: 'call_2', name: 'clock', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
      {
        type: 'function_call_output',
        call_id: 'call_2',
        output: [
          { type: 'input_text', text: '12:00' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        ],
      },
    ],
    tools: [
      { type: 'function', name: 'get_weather', description: 'W', parameters: WEATHER, strict: true },
      { type: 'function', name: 'clock', parameters: null, strict: null },
    ],
    tool_choice: { type: 'function', name: 'clock' },
    parallel_tool_calls: false,
  },
  allowed: {
    input: 'Hi',
    tools: [
      { type: 'function', name: 'clock', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'clock' }] },
  },
  schema: {
    input: 'Hi',
    text: { format: { type: 'json_schema', name: 'out', strict: true, schema: SCHEMA }, verbosity: 'low' },
  },
  media: {
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' },
          { type: 'input_image', image_url: 'https://example.com/a.png' },
          { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
          { type: 'input_file', file_url: 'https://example.com/a.pdf' },
        ],
      },
    ],
  },
  fileid: {
    input: [
      { role: 'user', content: [{ type: 'input_file', file_id: 'file-abc' }] },
      { role: 'user', content: 'Hi' },
    ],
  },
  reasoning: {
    input: 'Hi',
    reasoning: { effort: 'high', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
    store: false,
  },
  lost: { input: 'Hi', previous_response_id: 'resp_x' },
  lost2: {
    input: 'Hi',
    background: true,
    truncation: 'auto',
    top_logprobs: 3,
    max_tool_calls: 4,
    conversation: 'conv_1',
    prompt: { id: 'pmpt_1' },
  },
  server: {
    input: 'Hi',
    tools: [
      { type: 'web_search', search_context_size: 'low' },
      { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'mcp', server_label: 'x', server_url: 'https://example.com' },
    ],
  },
  custom: {
    input: [
      { role: 'user', content: 'Hi' },
      { type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'SELECT 1' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
    ],
    tools: [
      {
        type: 'custom',
        name: 'sql',
        description: 'Runs',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
      },
    ],
  },
  sampling: { input: 'Hi', temperature: 1.5, top_p: 0.9, user: 'u1', service_tier: 'flex' },
} satisfies Record<string, Json>;
