import type { Ledger, LedgerRow } from '../src/ports/ledger.ts';
import { toSums } from './ledger-sums.ts';
import { limitKeys, TENANTS_KEY } from './limit-keys.ts';
import type { ScriptRunner } from './script-runner.ts';

/** Days asked for at once: one key each. */
const DAYS_AT_ONCE = 50;

/** The rows that the scripts of `limit-scripts.ts` write: a hash a day. */
export function createScriptedLedger(runner: ScriptRunner): Ledger {
  async function rowsOf(tenant: string, day: number): Promise<LedgerRow[]> {
    const reply = await runner.command('HGETALL', limitKeys(tenant).day(day));
    const flat = Array.isArray(reply) ? reply.map(String) : [];
    return flat.flatMap((field, i) => (i % 2 === 0 ? [toRow(day, field, flat[i + 1] ?? '')] : []));
  }

  return {
    async rows(tenant, fromDay, toDay) {
      const rows: LedgerRow[] = [];
      for (let from = fromDay; from < toDay; from += DAYS_AT_ONCE) {
        const count = Math.min(DAYS_AT_ONCE, toDay - from);
        const days = Array.from({ length: count }, (_, i) => rowsOf(tenant, from + i));
        rows.push(...(await Promise.all(days)).flat());
      }
      return rows;
    },
    async tenants() {
      const reply = await runner.command('SMEMBERS', TENANTS_KEY);
      return Array.isArray(reply) ? reply.map(String) : [];
    },
  };
}

function toRow(day: number, field: string, values: string): LedgerRow {
  const [keyId = '', provider = '', model = '', ...tags] = JSON.parse(field) as string[];
  return { day, keyId, provider, model, tags, ...toSums(values.split(',').map(Number)) };
}
