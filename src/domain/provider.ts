import type { Endpoint } from './dialect.ts';

/** How a provider wants its key. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'api-key' | 'none';

/** How a provider reports the usage of a streamed chat. */
export type StreamUsage =
  /** Only when `stream_options.include_usage` asks for it. */
  | 'on-request'
  /** Always; `stream_options` may even be refused. */
  | 'always';

/** One row of the catalogue: what is known of a provider before anybody configured it. */
export interface ProviderRow {
  readonly id: string;
  /** Base URL as the provider's own SDK takes it; null: the operator has to say. */
  readonly baseUrl: string | null;
  readonly auth: AuthScheme;
  /** Prefix of its environment variables: `GROQ` reads `GROQ_API_KEY` and `GROQ_BASE_URL`. */
  readonly env: string;
  /** Path below the base URL for each endpoint it serves. */
  readonly paths: Partial<Record<Endpoint, string>>;
  /** Bare model names that are this provider's, as prefixes (`gpt-`) or whole names. */
  readonly models: readonly string[];
  readonly streamUsage: StreamUsage;
  /** `gen_ai.provider.name` of the OpenTelemetry GenAI conventions. */
  readonly otelName: string;
  /** Sent with every request unless the client sent its own, e.g. `anthropic-version`. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
}

/** A provider that is configured and may be called. */
export interface Provider extends Omit<ProviderRow, 'baseUrl' | 'env'> {
  readonly baseUrl: string;
  /** The gateway's own credential; null for providers without one and in `passthrough` mode. */
  readonly apiKey: string | null;
  /** Where this provider's calls go: the network, or the sandbox inside the gateway. */
  readonly transport: 'network' | 'sandbox';
}

/** Where one attempt goes. */
export interface Target {
  readonly provider: Provider;
  /** The model as the provider knows it. */
  readonly model: string;
}
