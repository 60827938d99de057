import type { CacheMode } from '../domain/cache-policy.ts';
import type { Call, JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import { objectsIn, textOf } from '../json.ts';
import { isTooDeep } from './canonical.ts';
import { isUnambiguous } from './unambiguous.ts';

/** Closed set: it is told by `/v1/explain`, and it may be a metric label. */
export type BypassReason =
  /** `CACHE_MODE`, the route or the key says so. */
  | 'mode_off'
  /** There is nothing to keep at this endpoint. */
  | 'endpoint'
  /** The provider keeps or continues something: saying it again is not the same. */
  | 'stateful'
  /** The provider looks things up or acts by itself, and would find something else tomorrow. */
  | 'server_tools'
  /** The mode is `deterministic`, and the call asks for chance. */
  | 'not_deterministic'
  /** The body nests deeper than a key is made of. */
  | 'too_deep'
  /** Another parser may read the body in another way. */
  | 'ambiguous_body';

export type Cacheability =
  | { readonly cache: true }
  | { readonly cache: false; readonly reason: BypassReason };

const CACHED: ReadonlySet<Endpoint> = new Set<Endpoint>([
  'chat',
  'responses',
  'messages',
  'embeddings',
  'completions',
]);

/** Whether a call may be answered from the cache, and its answer kept. */
export function mayCache(call: Call, mode: CacheMode): Cacheability {
  const reason = bypassReason(call, mode);
  return reason === null ? { cache: true } : { cache: false, reason };
}

function bypassReason({ endpoint, dialect, body }: Call, mode: CacheMode): BypassReason | null {
  const { json, text } = body;
  if (mode === 'off') return 'mode_off';
  if (!CACHED.has(endpoint)) return 'endpoint';
  if (isStateful(json)) return 'stateful';
  if (hasServerTools(dialect, json)) return 'server_tools';
  if (mode === 'deterministic' && !isDeterministic(dialect, json)) return 'not_deterministic';
  if (isTooDeep(json)) return 'too_deep';
  return isUnambiguous(text, json) ? null : 'ambiguous_body';
}

/** Earlier answers, conversations, stored prompts and containers: they change behind the names that a body has for them. */
const STATE = ['previous_response_id', 'conversation', 'prompt', 'container'] as const;

function isStateful(body: JsonObject): boolean {
  if (body.background === true || body.store === true) return true;
  if (STATE.some((name) => isGiven(body[name]) && !isPromptText(name, body))) return true;
  return objectsIn(body.input).some(({ type }) => type === 'item_reference');
}

/** In Completions, `prompt` is what is said; in Responses it is a template that the provider keeps. */
function isPromptText(name: string, body: JsonObject): boolean {
  return name === 'prompt' && (typeof body.prompt === 'string' || Array.isArray(body.prompt));
}

/** OpenAI's and Anthropic's, xAI's `search_parameters` and OpenRouter's `plugins`. */
const SERVER_SIDE = ['web_search_options', 'mcp_servers', 'search_parameters', 'plugins'] as const;
const CLIENT_TOOLS: ReadonlySet<string> = new Set(['function', 'custom']);

function hasServerTools(dialect: Dialect, body: JsonObject): boolean {
  if (SERVER_SIDE.some((name) => isGiven(body[name]))) return true;
  return objectsIn(body.tools).some((tool) => !isClientTool(dialect, tool));
}

function isClientTool(dialect: Dialect, { type }: JsonObject): boolean {
  // Anthropic's own default: a tool without a type is one that the client describes and runs.
  return CLIENT_TOOLS.has(textOf(type)) || (dialect === 'anthropic-messages' && !isGiven(type));
}

function isDeterministic(dialect: Dialect, { temperature, seed }: JsonObject): boolean {
  return dialect === 'openai-embeddings' || temperature === 0 || Number.isInteger(seed);
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
