/** A wire language that both a client and a provider may speak. */
export type Dialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'openai-embeddings'
  | 'openai-completions';

/**
 * What a call asks for. Also the `endpoint` label of the metrics, so the set is closed.
 * `passthrough` covers every other path of a provider, `unknown` what no route takes.
 */
export type Endpoint =
  | 'chat'
  | 'responses'
  | 'messages'
  | 'count_tokens'
  | 'embeddings'
  | 'completions'
  | 'response_item'
  | 'models'
  | 'passthrough'
  | 'explain'
  | 'usage'
  | 'admin'
  | 'unknown';

/** The family whose error envelope a client expects. */
export type ErrorDialect = 'openai' | 'anthropic';
