import { GatewayError } from '../errors/gateway-error.ts';

export const USAGE_GROUPS = ['day', 'key', 'tenant', 'model', 'provider', 'tag'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** What usage is asked for. Days are counted in UTC since the epoch, `fromDay` included and `toDay` not. */
export interface UsageQuery {
  readonly fromDay: number;
  readonly toDay: number;
  readonly groupBy: readonly UsageGroup[];
  readonly format: 'json' | 'csv';
  /** Null: all. */
  readonly tenant: string | null;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 400;

/**
 * `from` and `to` are dates or times (by default this month until now), `group_by` a comma list (`day`), `format` `json` or
 * `csv`.
 * @param now milliseconds since the epoch
 * @throws GatewayError `invalid_request`
 */
export function readUsage(query: string, now: number): UsageQuery {
  const params = new URLSearchParams(query);
  const today = new Date(now);
  const month = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
  const fromDay = Math.floor(timeOf(params, 'from', month) / DAY_MS);
  const toDay = Math.ceil(timeOf(params, 'to', now + 1) / DAY_MS);
  if (toDay - fromDay > MAX_DAYS) throw wrong('from', `must be at most ${MAX_DAYS} days before "to"`);
  if (toDay < fromDay) throw wrong('to', 'must not be before "from"');
  return {
    fromDay,
    toDay,
    groupBy: groupsOf(params),
    format: oneOf(params, 'format', ['json', 'csv']),
    tenant: params.get('tenant'),
  };
}

function timeOf(params: URLSearchParams, name: string, otherwise: number): number {
  const text = params.get(name);
  if (text === null) return otherwise;
  const time = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,12}(?:Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) throw wrong(name, 'must be a date such as 2026-11-30, or a time with its zone');
  return time;
}

function groupsOf(params: URLSearchParams): UsageGroup[] {
  const names = (params.get('group_by') ?? 'day').split(',').map((name) => name.trim());
  const groups = USAGE_GROUPS.filter((group) => names.includes(group));
  if (names.some((name) => !USAGE_GROUPS.some((group) => group === name)))
    throw wrong('group_by', `must be a list of ${USAGE_GROUPS.join(', ')}`);
  return groups;
}

function oneOf<const T extends readonly [string, ...string[]]>(
  params: URLSearchParams,
  name: string,
  options: T,
) {
  const text = params.get(name) ?? options[0];
  const found = options.find((option): option is T[number] => option === text);
  if (found === undefined) throw wrong(name, `must be one of ${options.join(', ')}`);
  return found;
}

function wrong(param: string, must: string): GatewayError {
  return new GatewayError('invalid_request', `The parameter "${param}" ${must}.`, { param });
}
