import type { Endpoint } from './dialect.ts';

/** How a provider wants its key. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'api-key' | 'x-goog-api-key' | 'none';

/** What a provider may serve: what clients call, and what only the gateway calls, in Gemini's own dialect. */
export type UpstreamEndpoint = Endpoint | 'generate_content' | 'embed_content';

/** How a provider reports the usage of a streamed chat. */
export type StreamUsage =
  /** Only when `stream_options.include_usage` asks for it. */
  | 'on-request'
  /** Always; `stream_options` may even be refused. */
  | 'always';

/** Fields of Chat Completions that OpenAI or some others have, and a server that merely imitates it does not. */
export type ChatExtra =
  | 'prompt_cache_key'
  | 'refusal'
  | 'service_tier'
  | 'top_k'
  | 'user'
  | 'verbosity'
  | 'web_search_options';

/** How a provider's Chat Completions differ from those of a server that imitates OpenAI, for bodies that the gateway writes. */
export interface ChatTraits {
  /** Default: `max_tokens`, which OpenAI's reasoning models refuse. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens';
  /** It knows the role `developer`; others are sent `system`. */
  readonly developerRole?: boolean;
  /** What it takes beyond what all take. */
  readonly takes?: readonly ChatExtra[];
  /**
   * Where an earlier answer's reasoning goes back: a field of the message, or `content` as a part of its own (Mistral);
   * null: it is refused. Default: `reasoning_content`.
   */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'content' | null;
  /** Families of models that refuse `reasoning_effort`, as prefixes. */
  readonly plainModels?: readonly string[];
  /** Most stop sequences it takes. */
  readonly maxStops?: number;
  /** Ids of tool calls that it takes: `exact` letters and digits, or no more than that many characters. */
  readonly callIds?: { readonly length: number; readonly exact: boolean };
  /** It goes on from an assistant message at the end that is marked `prefix`. */
  readonly prefix?: boolean;
}

/** One row of the catalogue: what is known of a provider before anybody configured it. */
export interface ProviderRow {
  readonly id: string;
  /** Base URL as the provider's own SDK takes it; null: the operator has to say. */
  readonly baseUrl: string | null;
  readonly auth: AuthScheme;
  /** Prefix of its environment variables: `GROQ` reads `GROQ_API_KEY` and `GROQ_BASE_URL`. */
  readonly env: string;
  /** Path below the base URL for each endpoint it serves. */
  readonly paths: Partial<Record<UpstreamEndpoint, string>>;
  /** Bare model names that are this provider's, as prefixes (`gpt-`) or whole names. */
  readonly models: readonly string[];
  readonly streamUsage: StreamUsage;
  /** Keeps threads of Messages (`thread`); others would take what is new in one for all of it. */
  readonly threads?: true;
  /** How it can write embeddings, where that is not both. */
  readonly embeddingEncodings?: readonly ('float' | 'base64')[];
  /** `gen_ai.provider.name` of the OpenTelemetry GenAI conventions. */
  readonly otelName: string;
  /** Sent with every request unless the client sent its own, e.g. `anthropic-version`. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
  /** Absent: a server that imitates OpenAI. */
  readonly chat?: ChatTraits;
}

/** A provider that is configured and may be called. */
export interface Provider extends Omit<ProviderRow, 'baseUrl' | 'env'> {
  readonly baseUrl: string;
  /** The gateway's own credential; null for providers without one and in `passthrough` mode. */
  readonly apiKey: string | null;
  /** All of the gateway's credentials, used in turn, `apiKey` first; empty where that is null. */
  readonly apiKeys: readonly string[];
  /** Where this provider's calls go: the network, or the sandbox inside the gateway. */
  readonly transport: 'network' | 'sandbox';
}

/** Where one attempt goes. */
export interface Target {
  readonly provider: Provider;
  /** The model as the provider knows it. */
  readonly model: string;
}
