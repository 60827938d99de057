import type { Endpoint } from '../domain/dialect.ts';
import type { ProviderRow } from '../domain/provider.ts';
import { CHAT_TRAITS } from './chat-traits.ts';

type Paths = ProviderRow['paths'];

const CHAT: Paths = { chat: '/chat/completions' };
const RESPONSES: Paths = { responses: '/responses', response_item: '/responses' };
const MESSAGES: Paths = { messages: '/messages' };
const COUNT_TOKENS: Paths = { count_tokens: '/messages/count_tokens' };
const EMBEDDINGS: Paths = { embeddings: '/embeddings' };
const COMPLETIONS: Paths = { completions: '/completions' };

/** Where a server that imitates OpenAI (or, below the same base, Anthropic) has each endpoint. */
export const COMMON_PATHS: Paths = {
  ...CHAT,
  ...RESPONSES,
  ...MESSAGES,
  ...COUNT_TOKENS,
  ...EMBEDDINGS,
  ...COMPLETIONS,
};

/** Endpoints that an operator may list for a provider. */
export const CONFIGURABLE_ENDPOINTS = [
  'chat',
  'responses',
  'messages',
  'count_tokens',
  'embeddings',
  'completions',
] as const satisfies readonly Endpoint[];

/**
 * What is known of providers. Only endpoints that the provider documents are listed, and every other path is open to
 * pass-through. A model that ends in `-` is a family; anything else is a model's whole name.
 */
export const PROVIDER_CATALOGUE: readonly ProviderRow[] = [
  {
    id: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    auth: 'bearer',
    env: 'OPENAI',
    paths: { ...CHAT, ...RESPONSES, ...EMBEDDINGS, ...COMPLETIONS },
    models: [
      'gpt-',
      'chatgpt-',
      'codex-',
      'o1',
      'o1-',
      'o3',
      'o3-',
      'o4-',
      'ft:gpt-',
      'text-embedding-',
      'text-moderation-',
      'omni-moderation-',
      'computer-use-',
      'davinci-',
      'babbage-',
      'dall-e-',
      'sora-',
      'whisper-',
      'tts-',
    ],
    streamUsage: 'on-request',
    otelName: 'openai',
    chat: CHAT_TRAITS.openai,
  },
  {
    // The SDK's base has no /v1 (facts of @anthropic-ai/sdk), so the paths have.
    id: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    auth: 'x-api-key',
    env: 'ANTHROPIC',
    paths: { messages: '/v1/messages', count_tokens: '/v1/messages/count_tokens' },
    models: ['claude-'],
    streamUsage: 'always',
    otelName: 'anthropic',
    defaultHeaders: { 'anthropic-version': '2023-06-01' },
    threads: true,
  },
  {
    // https://console.groq.com/docs/openai : no embeddings, no text completions.
    id: 'groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    auth: 'bearer',
    env: 'GROQ',
    paths: { ...CHAT, ...RESPONSES },
    models: [],
    streamUsage: 'on-request',
    otelName: 'groq',
    chat: CHAT_TRAITS.groq,
  },
  {
    // Refuses stream_options with 422 and always reports usage (openai/openai-agents-python#442).
    id: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    auth: 'bearer',
    env: 'MISTRAL',
    paths: { ...CHAT, ...EMBEDDINGS },
    models: [
      'mistral-',
      'open-mistral-',
      'open-mixtral-',
      'codestral-',
      'devstral-',
      'ministral-',
      'pixtral-',
      'magistral-',
      'voxtral-',
    ],
    streamUsage: 'always',
    otelName: 'mistral_ai',
    chat: CHAT_TRAITS.mistral,
  },
  {
    // https://api-docs.deepseek.com : Responses and Messages beside chat; completions are fill-in-the-middle (beta).
    id: 'deepseek',
    baseUrl: 'https://api.deepseek.com',
    auth: 'bearer',
    env: 'DEEPSEEK',
    paths: { ...CHAT, ...RESPONSES, messages: '/anthropic/v1/messages', completions: '/beta/completions' },
    models: ['deepseek-'],
    streamUsage: 'on-request',
    otelName: 'deepseek',
  },
  {
    // Its Messages endpoint is deprecated, so it is left to pass-through.
    id: 'xai',
    baseUrl: 'https://api.x.ai/v1',
    auth: 'bearer',
    env: 'XAI',
    paths: { ...CHAT, ...RESPONSES },
    models: ['grok-'],
    streamUsage: 'on-request',
    otelName: 'x_ai',
    chat: CHAT_TRAITS.xai,
  },
  {
    // stream_options has no effect, usage always comes: https://openrouter.ai/docs/use-cases/usage-accounting
    id: 'openrouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    auth: 'bearer',
    env: 'OPENROUTER',
    paths: { ...CHAT, ...RESPONSES, ...MESSAGES, ...EMBEDDINGS, ...COMPLETIONS },
    models: [],
    streamUsage: 'always',
    otelName: 'openrouter',
    chat: CHAT_TRAITS.openrouter,
  },
  {
    // https://docs.together.ai/docs/inference/openai-compatibility
    id: 'together',
    baseUrl: 'https://api.together.ai/v1',
    auth: 'bearer',
    env: 'TOGETHER',
    paths: { ...CHAT, ...EMBEDDINGS, ...COMPLETIONS },
    models: [],
    streamUsage: 'on-request',
    otelName: 'together_ai',
    chat: CHAT_TRAITS.together,
  },
  {
    // Some of its models report usage only on request (vercel/ai#16087).
    id: 'fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    auth: 'bearer',
    env: 'FIREWORKS',
    paths: { ...CHAT, ...RESPONSES, ...MESSAGES, ...EMBEDDINGS, ...COMPLETIONS },
    models: [],
    streamUsage: 'on-request',
    // https://docs.fireworks.ai/api-reference/creates-an-embedding-vector-representing-the-input-text
    embeddingEncodings: ['float'],
    otelName: 'fireworks_ai',
    chat: CHAT_TRAITS.fireworks,
  },
  {
    id: 'cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    auth: 'bearer',
    env: 'CEREBRAS',
    paths: { ...CHAT, ...COMPLETIONS },
    models: [],
    streamUsage: 'on-request',
    otelName: 'cerebras',
    chat: CHAT_TRAITS.cerebras,
  },
  {
    // Chat completions ended on 2026-09-27: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview
    id: 'perplexity',
    baseUrl: 'https://api.perplexity.ai/v1',
    auth: 'bearer',
    env: 'PERPLEXITY',
    paths: { ...RESPONSES, ...EMBEDDINGS },
    models: ['sonar', 'sonar-'],
    streamUsage: 'always',
    otelName: 'perplexity',
  },
  {
    // The v1 API; a model there is the name of a deployment, so no name is its own.
    id: 'azure-openai',
    baseUrl: null,
    auth: 'api-key',
    env: 'AZURE_OPENAI',
    paths: { ...CHAT, ...RESPONSES, ...EMBEDDINGS, ...COMPLETIONS },
    models: [],
    streamUsage: 'on-request',
    otelName: 'azure.ai.openai',
    chat: CHAT_TRAITS['azure-openai'],
  },
  {
    // https://ai.google.dev/gemini-api/docs/openai
    id: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    auth: 'bearer',
    env: 'GEMINI',
    paths: { ...CHAT, ...EMBEDDINGS },
    models: ['gemini-'],
    streamUsage: 'on-request',
    otelName: 'gcp.gemini',
  },
  {
    // Gemini's own dialect; `gemini` is the same service behind its imitation of OpenAI: https://ai.google.dev/api
    id: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    auth: 'x-goog-api-key',
    env: 'GOOGLE',
    paths: { generate_content: '/models', embed_content: '/models' },
    models: ['gemini-'],
    streamUsage: 'always',
    otelName: 'gcp.gemini',
  },
  {
    // https://docs.ollama.com/api/openai-compatibility and /api/anthropic-compatibility (no count_tokens)
    id: 'ollama',
    baseUrl: 'http://localhost:11434/v1',
    auth: 'none',
    env: 'OLLAMA',
    paths: { ...CHAT, ...RESPONSES, ...MESSAGES, ...EMBEDDINGS, ...COMPLETIONS },
    models: [],
    streamUsage: 'on-request',
    otelName: 'ollama',
    chat: CHAT_TRAITS.ollama,
  },
  {
    id: 'vllm',
    baseUrl: 'http://localhost:8000/v1',
    auth: 'none',
    env: 'VLLM',
    paths: COMMON_PATHS,
    models: [],
    streamUsage: 'on-request',
    otelName: 'vllm',
    chat: CHAT_TRAITS.vllm,
  },
  {
    // Lives inside the gateway; the reserved name (RFC 6761) makes sure that nothing can ever be sent there.
    id: 'sandbox',
    baseUrl: 'https://sandbox.invalid/v1',
    auth: 'none',
    env: 'SANDBOX',
    paths: COMMON_PATHS,
    models: [],
    streamUsage: 'on-request',
    otelName: 'sandbox',
  },
];

/** The kind of a provider that the catalogue does not know. */
export const OPENAI_COMPATIBLE: ProviderRow = {
  id: 'openai-compatible',
  baseUrl: null,
  auth: 'bearer',
  env: '',
  paths: { ...CHAT, ...EMBEDDINGS, ...COMPLETIONS },
  models: [],
  streamUsage: 'on-request',
  otelName: 'openai',
};

export const SANDBOX_ID = 'sandbox';

/** The providers that an operator may configure: all but the sandbox. */
export const CONFIGURABLE_PROVIDERS: readonly ProviderRow[] = PROVIDER_CATALOGUE.filter(
  ({ id }) => id !== SANDBOX_ID,
);

export function catalogueRow(id: string): ProviderRow | undefined {
  return PROVIDER_CATALOGUE.find((row) => row.id === id);
}
