import { type OwnedRow, toCsv, usageReport } from '../account/usage-report.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import { readUsage, type UsageQuery } from '../edge/read-usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Stages } from '../stages.ts';

/** What was used. @throws GatewayError */
export interface UsageWays {
  /** By all tenants, for the operator. */
  all(life: CallLife): Promise<Answer>;
  /** By the key that asks. */
  own(life: CallLife): Promise<Answer>;
}

export function createUsage(
  { authenticate, requireAdmin }: Stages,
  { clock, ledger }: { readonly clock: Clock; readonly ledger: Ledger },
): UsageWays {
  async function rowsOf(tenant: string, { fromDay, toDay }: UsageQuery): Promise<OwnedRow[]> {
    const rows = await ledger.rows(tenant, fromDay, toDay);
    return rows.map((row) => ({ ...row, tenant }));
  }

  function answer(life: CallLife, rows: readonly OwnedRow[], { groupBy, format }: UsageQuery): Answer {
    const data = usageReport(rows, groupBy);
    if (format === 'json')
      return life.answer(200, {}, JSON.stringify({ object: 'list', group_by: groupBy, data }));
    const csv = life.answer(200, {}, toCsv(data, groupBy));
    csv.headers['content-type'] = 'text/csv; charset=utf-8';
    return csv;
  }

  return {
    async all(life) {
      const { incoming } = life.record;
      await requireAdmin(incoming);
      const query = readUsage(incoming.query, clock.now());
      const tenants = query.tenant === null ? await ledger.tenants() : [query.tenant];
      const rows: OwnedRow[] = [];
      for (const tenant of tenants) rows.push(...(await rowsOf(tenant, query)));
      return answer(life, rows, query);
    },
    async own(life) {
      const { record } = life;
      const principal = await authenticate(record.incoming);
      record.principal = principal;
      const query = readUsage(record.incoming.query, clock.now());
      const rows = await rowsOf(principal.tenant, query);
      return answer(
        life,
        rows.filter(({ keyId }) => keyId === principal.keyId),
        query,
      );
    },
  };
}
