import type { EntryMeta } from '../domain/cache-entry.ts';
import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject } from '../json.ts';

/** Checked by hand: a schema would cost more than all the rest of a hit. Null for what fits no body of that length. */
export function readMeta(meta: JsonObject, bodyLength: number): EntryMeta | null {
  const { storedAt, ttlMs, tookMs, dialect, kind, contentType, provider, model, cost, tags, chunks } = meta;
  const { dropped } = meta;
  const usage = readUsage(meta.usage);
  if (!isCount(storedAt) || !isCount(ttlMs) || !isCount(tookMs)) return null;
  if (!isDialect(dialect) || (kind !== 'json' && kind !== 'event-stream')) return null;
  if (typeof contentType !== 'string' || typeof provider !== 'string' || typeof model !== 'string')
    return null;
  if (usage === undefined || !(cost === null || isCount(cost))) return null;
  if (!isListOf(tags, isText) || typeof dropped !== 'string') return null;
  if (!isListOf(chunks, isCount) || !addUp(chunks, kind, bodyLength)) return null;
  return {
    storedAt,
    ttlMs,
    tookMs,
    dialect,
    kind,
    contentType,
    provider,
    model,
    usage,
    cost,
    tags,
    dropped,
    chunks,
  };
}

const DIALECTS: Readonly<Record<Dialect, true>> = {
  'openai-chat': true,
  'openai-responses': true,
  'anthropic-messages': true,
  'openai-embeddings': true,
  'openai-completions': true,
};

const COUNTS = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output', 'reasoning'] as const;

function addUp(chunks: readonly number[], kind: EntryMeta['kind'], bodyLength: number): boolean {
  if (kind === 'json') return chunks.length === 0;
  return chunks.reduce((sum, length) => sum + length, 0) === bodyLength;
}

/** Undefined where there is something else than a usage. */
function readUsage(value: JsonValue | undefined): Usage | null | undefined {
  if (value === null) return null;
  const usage = asObject(value);
  return usage !== null && isUsage(usage) ? usage : undefined;
}

function isUsage(value: JsonObject): value is JsonObject & Usage {
  const parts = value.parts === undefined ? {} : asObject(value.parts);
  if (typeof value.estimated !== 'boolean' || !COUNTS.every((name) => isCount(value[name]))) return false;
  return parts !== null && Object.values(parts).every(isCount);
}

function isDialect(value: JsonValue | undefined): value is Dialect {
  return isText(value) && Object.hasOwn(DIALECTS, value);
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function isListOf<T extends JsonValue>(
  value: JsonValue | undefined,
  isOne: (item: JsonValue | undefined) => item is T,
): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}
