import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Endpoint } from '../domain/dialect.ts';
import type { AttemptRecord, CallRecord } from '../domain/record.ts';
import type { Usage } from '../domain/usage.ts';
import type { SpanAttributes } from '../ports/telemetry.ts';

type Values = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** Attributes without those that are not known. */
export function known(values: Values): SpanAttributes {
  const out: Record<string, string | number | boolean | readonly string[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) out[name] = value;
  }
  return out;
}

const OPERATIONS: Partial<Record<Endpoint, string>> = {
  embeddings: 'embeddings',
  completions: 'text_completion',
  response_item: 'fetch_response',
};

/** `gen_ai.operation.name` (https://github.com/open-telemetry/semantic-conventions-genai). */
export function operationOf(endpoint: Endpoint): string {
  return OPERATIONS[endpoint] ?? 'chat';
}

/** What the client asked a model for; numbers and names, never content. */
export function requestAttributes({ call }: CallRecord): Values {
  if (call === null) return {};
  const { json } = call.body;
  return {
    'gen_ai.request.stream': call.stream,
    'gen_ai.request.max_tokens': number(
      json.max_completion_tokens ?? json.max_output_tokens ?? json.max_tokens,
    ),
    'gen_ai.request.temperature': number(json.temperature),
    'gen_ai.request.top_p': number(json.top_p),
    'gen_ai.request.top_k': number(json.top_k),
    'gen_ai.request.frequency_penalty': number(json.frequency_penalty),
    'gen_ai.request.presence_penalty': number(json.presence_penalty),
    'gen_ai.request.seed': number(json.seed),
    'gen_ai.request.choice.count': choices(json),
  };
}

function choices({ n }: JsonObject): number | null {
  return typeof n === 'number' && n > 1 ? n : null;
}

function number(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** What the answer says of itself. One that did not come to its end has the reason `error`, as the conventions have it. */
export function replyAttributes({ facts, outcome }: AttemptRecord, guard: (text: string) => string): Values {
  if (facts === null) return {};
  const { id, model, finishReasons } = facts();
  const broke = outcome !== 'ok' && finishReasons.length === 0;
  const reasons = broke ? ['error'] : finishReasons.map((reason) => guard(reason.slice(0, MAX_NAME)));
  return {
    'gen_ai.response.id': id === null ? null : guard(id.slice(0, MAX_NAME)),
    'gen_ai.response.model': model === null ? null : guard(model.slice(0, MAX_NAME)),
    'gen_ai.response.finish_reasons': reasons.length === 0 ? null : reasons,
  };
}

/** Names that a provider gives are no place for a text. */
const MAX_NAME = 200;

/** Input tokens are told with those that came from the provider's cache or went into it, as the conventions have it. */
export function usageAttributes(usage: Usage | null, isLegacy: boolean): Values {
  if (usage === null) return {};
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning } = usage;
  const all = input + cacheRead + cacheWrite + cacheWrite1h;
  return {
    'gen_ai.usage.input_tokens': all,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.cache_read.input_tokens': cacheRead || null,
    'gen_ai.usage.cache_write.input_tokens': cacheWrite + cacheWrite1h || null,
    'gen_ai.usage.reasoning.output_tokens': reasoning || null,
    'llm_edge.usage.estimated': usage.estimated || null,
    ...(isLegacy ? { 'gen_ai.usage.prompt_tokens': all, 'gen_ai.usage.completion_tokens': output } : {}),
  };
}

export function attemptAttributes(record: CallRecord, tried: AttemptRecord, isLegacy: boolean): Values {
  const { target, firstByteAt, sentAt, status, outcome } = tried;
  const { hostname, port } = addressOf(target.provider.baseUrl);
  return {
    'gen_ai.operation.name': operationOf(record.incoming.endpoint),
    'gen_ai.provider.name': target.provider.otelName,
    'gen_ai.request.model': target.model || null,
    'server.address': hostname,
    'server.port': port,
    'http.response.status_code': status,
    'gen_ai.response.time_to_first_chunk': firstByteAt === null ? null : (firstByteAt - sentAt) / 1000,
    'llm_edge.attempt.number': tried.number,
    'llm_edge.attempt.outcome': outcome,
    'llm_edge.attempt.hedge': tried.isHedge || null,
    'llm_edge.provider': target.provider.id,
    ...(isLegacy ? { 'gen_ai.system': target.provider.otelName } : {}),
  };
}

function addressOf(url: string): { hostname: string | null; port: number | null } {
  try {
    const { hostname, port, protocol } = new URL(url);
    return { hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) };
  } catch {
    return { hostname: null, port: null };
  }
}
