import type { ChatTraits } from '../domain/provider.ts';

/** OpenAI's models, wherever they run: https://platform.openai.com/docs/api-reference/chat/create */
const OPENAI_MODELS = {
  maxTokensField: 'max_completion_tokens',
  developerRole: true,
  takes: ['prompt_cache_key', 'refusal', 'service_tier', 'user', 'verbosity'],
  reasoningField: null,
  plainModels: ['gpt-3.5-', 'gpt-4', 'chatgpt-4o-', 'ft:gpt-3.5-', 'ft:gpt-4'],
  maxStops: 4,
  callIds: { length: 40, exact: false },
} as const satisfies ChatTraits;

/** How the Chat Completions of known providers differ from those of a server that imitates OpenAI. */
export const CHAT_TRAITS = {
  openai: { ...OPENAI_MODELS, takes: [...OPENAI_MODELS.takes, 'web_search_options'] },
  'azure-openai': OPENAI_MODELS,
  // Refuses unknown fields, and even `reasoning` with some models (tashfeenahmed/freellmapi#1070, musistudio/llms#64).
  groq: { takes: ['user'], reasoningField: null, maxStops: 4 },
  // Refuses unknown fields, and ids of tool calls of any other form (langchain-ai/langchain#24668).
  mistral: { reasoningField: 'content', callIds: { length: 9, exact: true }, prefix: true },
  xai: { takes: ['user'] },
  openrouter: { takes: ['top_k', 'user', 'verbosity', 'web_search_options'], reasoningField: 'reasoning' },
  together: { takes: ['top_k'] },
  fireworks: { takes: ['top_k', 'user'] },
  // Refuses unknown fields; `reasoning` is its name for it (vercel/ai#15049).
  cerebras: { takes: ['user'], reasoningField: 'reasoning' },
  ollama: { reasoningField: 'reasoning' },
  vllm: { takes: ['top_k', 'user'], reasoningField: 'reasoning' },
} as const satisfies Record<string, ChatTraits>;
