import type { Budget, Limits } from '../src/domain/limits.ts';
import type { FormerHash, KeyRecord } from '../src/ports/key-store.ts';

/** The version of what follows. A reader refuses what it does not know: half of a key's limits is worse than no key. */
const FORMAT = 1;

/**
 * A record as it is stored: in ASCII alone, which every way to a Redis passes on unchanged. Lua reads `version`, `hash`,
 * `former` and `tenant` of it.
 */
export function writeKeyRecord(record: KeyRecord): string {
  return JSON.stringify({ format: FORMAT, ...record }).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Null for what is no record, or one of another format. */
export function readKeyRecord(text: unknown): KeyRecord | null {
  const stored = typeof text === 'string' ? parse(text) : null;
  if (stored?.format !== FORMAT || !isRecord(stored)) return null;
  const { format: _, ...record } = stored;
  return record;
}

type Fields = Readonly<Record<string, unknown>>;

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRecord(value: Fields): value is Fields & KeyRecord {
  const { id, version, hash, former, hint, name, tenant, expiresAt, createdAt, revokedAt } = value;
  const { tags, models, routes, providers, limits, budgets, cache } = value;
  return (
    [id, hash, hint, name, tenant].every(isText) &&
    [version, createdAt].every(isNumber) &&
    [expiresAt, revokedAt].every(orNull(isNumber)) &&
    isListOf(former, isFormer) &&
    isListOf(tags, isText) &&
    [models, routes, providers].every(orNull((list) => isListOf(list, isText))) &&
    isLimits(limits) &&
    isListOf(budgets, isBudget) &&
    (cache === null || (isFields(cache) && isText(cache.mode)))
  );
}

function isFormer(value: unknown): value is FormerHash {
  return isFields(value) && isText(value.hash) && isNumber(value.until);
}

function isLimits(value: unknown): value is Limits {
  return isFields(value) && [value.rpm, value.tpm, value.concurrency].every(orNull(isNumber));
}

function isBudget(value: unknown): value is Budget {
  return (
    isFields(value) && isNumber(value.usd) && isText(value.period) && orNull(isNumber)(value.softPercent)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function orNull(is: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === null || is(value);
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
