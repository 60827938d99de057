import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { NanoUsd } from '../../src/domain/usage.ts';
import type { Ledger, LedgerRow } from '../../src/ports/ledger.ts';
import { dayOf, MAX_ROWS, sumsOf, toSums } from '../ledger-sums.ts';
import { createRecentSet } from './recent-set.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryLedgerOptions {
  /** Entries remembered at least, so that a second one with the id of one of them changes nothing. */
  readonly minEntries?: number;
  /** Days (UTC) for which the rows of a tenant are kept; the earliest goes first. */
  readonly maxDays?: number;
  /** Past it the tenant that came first is forgotten. */
  readonly maxTenants?: number;
}

/** The reader's side, and what the limit store writes. */
export interface MemoryLedger extends Ledger {
  /** What it adds to the cost so far: less than nothing where an orphan was charged too much. The entry is sound. */
  enter(entry: LedgerEntry, orphan: boolean): NanoUsd;
  /** Makes the tenant known. */
  know(tenant: string): void;
}

interface Row extends Pick<LedgerRow, 'day' | 'keyId' | 'provider' | 'model' | 'tags'> {
  readonly values: number[];
}

/** By day, then by the rest of what a row is about. */
type Days = Map<number, Map<string, Row>>;

const COST = 3;
const MAX_ORPHANS = 10_000;

/** Rows by day (UTC), exact however many entries there were. Single entries are not kept. */
export function createMemoryLedger({
  minEntries = 10_000,
  maxDays = 400,
  maxTenants = 10_000,
}: MemoryLedgerOptions = {}): MemoryLedger {
  const tenants = new Map<string, Days>();
  const final = createRecentSet(minEntries);
  const orphans = new Map<string, number[]>();

  /** What the sums change by; null: not at all. */
  function changeOf(entry: LedgerEntry, orphan: boolean): number[] | null {
    const name = scopedKey(entry.tenant, entry.id);
    const before = orphans.get(name);
    const values = sumsOf(entry);
    if (orphan) {
      if (before !== undefined || final.has(name)) return null;
      if (orphans.size >= MAX_ORPHANS) deleteFirst(orphans);
      orphans.set(name, values);
      return values;
    }
    if (!final.add(name)) return null;
    if (before === undefined) return values;
    orphans.delete(name);
    return values.map((value, i) => value - (before[i] ?? 0));
  }

  function daysOf(tenant: string): Days {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    if (tenants.size >= maxTenants) deleteFirst(tenants);
    const days: Days = new Map();
    tenants.set(tenant, days);
    return days;
  }

  return {
    know: (tenant) => void daysOf(tenant),
    enter(entry, orphan) {
      const change = changeOf(entry, orphan);
      if (change === null) return 0;
      const { values } = rowOf(rowsOf(daysOf(entry.tenant), dayOf(entry.at), maxDays), entry);
      for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? 0) + (change[i] ?? 0);
      return change[COST] ?? 0;
    },
    async rows(tenant, fromDay, toDay) {
      const days = [...(tenants.get(tenant) ?? [])].filter(([day]) => fromDay <= day && day < toDay);
      return days.flatMap(([, rows]) =>
        Array.from(rows.values(), ({ values, ...row }) => ({ ...row, ...toSums(values) })),
      );
    },
    tenants: async () => [...tenants.keys()],
  };
}

function rowsOf(days: Days, day: number, maxDays: number): Map<string, Row> {
  const known = days.get(day);
  if (known !== undefined) return known;
  const rows = new Map<string, Row>();
  days.set(day, rows);
  if (days.size > maxDays) days.delete(Math.min(...days.keys()));
  return rows;
}

function rowOf(rows: Map<string, Row>, entry: LedgerEntry): Row {
  const { keyId, provider, model, tags } = entry;
  const name =
    tags.length === 0 ? `${keyId}\n${provider}\n${model}` : `${keyId}\n${provider}\n${model}\n${tags}`;
  const known = rows.get(name);
  if (known !== undefined) return known;
  if (rows.size >= MAX_ROWS && model !== 'other') return rowOf(rows, { ...entry, model: 'other', tags: [] });
  const row = { day: dayOf(entry.at), keyId, provider, model, tags, values: new Array<number>(10).fill(0) };
  rows.set(name, row);
  return row;
}

function deleteFirst(map: Map<string, unknown>): void {
  const [first] = map.keys();
  if (first !== undefined) map.delete(first);
}
