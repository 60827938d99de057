import type { Setting } from '../hub/conversation.ts';

/** What Chat Completions calls each setting; `thinking`, `top_k` and `cache_control` are extensions that many servers share. */
export const CHAT_FIELD_NAMES: Readonly<Record<Setting, string>> = {
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  responseFormat: 'response_format',
  reasoning: 'reasoning_effort',
  maxOutputTokens: 'max_completion_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  logitBias: 'logit_bias',
  topLogprobs: 'top_logprobs',
  choices: 'n',
  verbosity: 'verbosity',
  serviceTier: 'service_tier',
  userId: 'user',
  promptCacheKey: 'prompt_cache_key',
  metadata: 'metadata',
  cache: 'cache_control',
};
