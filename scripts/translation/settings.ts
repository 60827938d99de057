import type { Feature } from './probes.ts';

const thinking = { reasoning_effort: 'high' };

/** Settings, each in the words of the dialects that have one for it. */
export const SETTINGS: readonly Feature[] = [
  {
    name: 'limit of tokens',
    asks: {
      chat: { max_completion_tokens: 4000 },
      responses: { max_output_tokens: 4000 },
      messages: { max_tokens: 4000 },
    },
  },
  {
    name: 'reasoning by effort',
    asks: {
      chat: thinking,
      responses: { reasoning: { effort: 'high' } },
      messages: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 32_000 },
    },
    adapted: {
      messages: 'a budget, for models that know no effort',
      generate_content: '`thinkingBudget` or `thinkingLevel`, by the model',
    },
  },
  {
    name: 'reasoning by a budget',
    asks: { messages: { thinking: { type: 'enabled', budget_tokens: 4096 }, max_tokens: 32_000 } },
    adapted: {
      chat: 'an effort',
      responses: 'an effort',
      generate_content: '`thinkingBudget` or `thinkingLevel`, by the model',
    },
  },
  {
    name: 'temperature',
    asks: { chat: { temperature: 0.5 }, responses: { temperature: 0.5 }, messages: { temperature: 0.5 } },
  },
  { name: 'temperature above 1', asks: { chat: { temperature: 1.5 }, responses: { temperature: 1.5 } } },
  { name: 'top_p', asks: { chat: { top_p: 0.9 }, responses: { top_p: 0.9 }, messages: { top_p: 0.9 } } },
  { name: 'top_k', asks: { messages: { top_k: 5 } } },
  { name: 'stop sequences', asks: { chat: { stop: ['END'] }, messages: { stop_sequences: ['END'] } } },
  { name: 'penalties', asks: { chat: { frequency_penalty: 0.5, presence_penalty: 0.5 } } },
  { name: 'seed', asks: { chat: { seed: 7 } } },
  { name: 'logit_bias', asks: { chat: { logit_bias: { '50256': -100 } } } },
  {
    name: 'log probabilities of a whole answer',
    asks: {
      chat: { logprobs: true, top_logprobs: 2 },
      responses: { top_logprobs: 2, include: ['message.output_text.logprobs'] },
    },
  },
  {
    name: 'log probabilities of a stream',
    asks: {
      chat: { logprobs: true, top_logprobs: 2, stream: true },
      responses: { top_logprobs: 2, include: ['message.output_text.logprobs'], stream: true },
    },
  },
  { name: 'several answers (n)', asks: { chat: { n: 2 } } },
  { name: 'prediction', asks: { chat: { prediction: { type: 'content', content: 'x' } } } },
  { name: 'verbosity', asks: { chat: { verbosity: 'low' }, responses: { text: { verbosity: 'low' } } } },
  {
    name: 'service tier',
    asks: {
      chat: { service_tier: 'flex' },
      responses: { service_tier: 'flex' },
      messages: { service_tier: 'standard_only' },
    },
  },
  {
    name: 'user',
    asks: {
      chat: { user: 'u1' },
      responses: { safety_identifier: 'u1' },
      messages: { metadata: { user_id: 'u1' } },
    },
  },
  { name: 'metadata', asks: { chat: { metadata: { a: 'b' } }, responses: { metadata: { a: 'b' } } } },
  {
    name: 'hints for the prompt cache',
    asks: {
      chat: { prompt_cache_key: 'k' },
      responses: { prompt_cache_key: 'k' },
      messages: { system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] },
    },
  },
  { name: 'store', asks: { chat: { store: true }, responses: { store: true } } },
  { name: '`previous_response_id`, `conversation`', asks: { responses: { previous_response_id: 'resp_1' } } },
  { name: '`background`', asks: { responses: { background: true } } },
  {
    name: '`context_management`',
    asks: { messages: { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } } },
  },
  {
    name: '`mcp_servers`',
    asks: { messages: { mcp_servers: [{ type: 'url', name: 'x', url: 'https://example.com' }] } },
  },
  { name: '`container`', asks: { messages: { container: 'container_1' } } },
];
