import { type LedgerRow, type MutableSums, noSums, SUM_NAMES } from '../ports/ledger.ts';
import { formatUsd } from './price.ts';

export type GroupName = 'day' | 'key' | 'tenant' | 'model' | 'provider' | 'tag';

/** A row of the ledger and whose it is. */
export type OwnedRow = LedgerRow & { readonly tenant: string };

/** One group as the wire has it: what it was grouped by, then its sums. Money is a decimal string of US dollars. */
export type UsageLine = Readonly<Record<string, string | number>>;

type Group = Readonly<Partial<Record<GroupName, string>>>;

const DAY_MS = 86_400_000;

/**
 * Sums over rows that are alike in what they are grouped by, in the order of those names. What has several tags counts in the
 * group of each.
 */
export function usageReport(rows: readonly OwnedRow[], groupBy: readonly GroupName[]): UsageLine[] {
  const found = new Map<string, { readonly group: Group; readonly sums: MutableSums }>();
  for (const row of rows) {
    for (const group of groupsOf(row, groupBy)) {
      const name = JSON.stringify(Object.values(group));
      const known = found.get(name) ?? { group, sums: noSums() };
      for (const sum of SUM_NAMES) known.sums[sum] += row[sum];
      found.set(name, known);
    }
  }
  const names = [...found.keys()].sort();
  return names.flatMap((name) => {
    const line = found.get(name);
    return line === undefined ? [] : [toLine(line.group, line.sums)];
  });
}

function groupsOf(row: OwnedRow, groupBy: readonly GroupName[]): Group[] {
  const tags = groupBy.includes('tag') && row.tags.length > 0 ? row.tags : [''];
  return tags.map((tag) => {
    const all: Record<GroupName, string> = {
      day: new Date(row.day * DAY_MS).toISOString().slice(0, 10),
      key: row.keyId,
      tenant: row.tenant,
      model: row.model,
      provider: row.provider,
      tag,
    };
    return Object.fromEntries(groupBy.map((name) => [name, all[name]]));
  });
}

function toLine(group: Group, sums: MutableSums): UsageLine {
  return {
    ...group,
    attempts: sums.attempts,
    unpriced_attempts: sums.unpriced,
    estimated_attempts: sums.estimated,
    input_tokens: sums.input,
    cache_read_tokens: sums.cacheRead,
    cache_write_tokens: sums.cacheWrite,
    output_tokens: sums.output,
    reasoning_tokens: sums.reasoning,
    cost_usd: formatUsd(sums.cost),
    saved_usd: formatUsd(sums.saved),
  };
}

/** RFC 4180, its first line the names; they are given, since there may be no lines. */
export function toCsv(lines: readonly UsageLine[], groupBy: readonly GroupName[]): string {
  const names = Object.keys(toLine(Object.fromEntries(groupBy.map((name) => [name, ''])), noSums()));
  const rows = lines.map((line) => names.map((name) => field(line[name] ?? '')).join(','));
  return `${[names.join(','), ...rows].join('\r\n')}\r\n`;
}

/** A name that a client chose must not be a formula where the file is opened. */
function field(value: string | number): string {
  if (typeof value === 'number' || /^[\w.:/ -]*$/.test(value)) return `${value}`.replace(/^-/, "'-");
  return `"${value.replace(/^[=+@\t\r-]/, "'$&").replaceAll('"', '""')}"`;
}
