import type { Claim } from '../src/domain/claim.ts';
import type { ClaimDecision, LimitStore, RateDecision, Settlement } from '../src/ports/limit-store.ts';
import { checkEntries, DAY_MS, dayOf, MAX_ROWS, sumsOf } from './ledger-sums.ts';
import { type LimitKeys, limitKeys, TENANTS_KEY } from './limit-keys.ts';
import { CLAIM, NOTE, OVERDUE, SETTLE, TAKE } from './limit-scripts.ts';
import type { ScriptRunner } from './script-runner.ts';

export interface ScriptedLimitStoreOptions {
  readonly runner: ScriptRunner;
  /** Tests own the time with it. Default: the time of the Redis. */
  readonly now?: () => number;
}

/** Longer than a sweep may be late, and than a settlement is tried again. */
const MARKER_MS = 2 * DAY_MS;
const ROWS_KEPT_MS = 400 * DAY_MS;
/** From 1, as Lua counts. */
const COST_AT = 4;
/** Tenants that this process need not make known again. */
const MAX_KNOWN = 10_000;

/** Limits and budgets in Redis, by the scripts of `limit-scripts.ts`. */
export function createScriptedLimitStore({ runner, now }: ScriptedLimitStoreOptions): LimitStore {
  const time = () => (now === undefined ? '' : String(now()));
  const known = new Set<string>();

  /** Beside the first claim of a tenant: a sweep has to know whose calls to look at. */
  function know(tenant: string): void {
    if (known.has(tenant)) return;
    if (known.size >= MAX_KNOWN) known.clear();
    known.add(tenant);
    runner.command('SADD', TENANTS_KEY, tenant).catch(() => known.delete(tenant));
  }

  return {
    async take(rule, cost) {
      if (!Number.isSafeInteger(cost)) throw new RangeError(`a cost must be a whole number, not ${cost}`);
      const key = limitKeys(rule.tenant).rate(rule.subject);
      const args = [rule.limit, rule.periodMs, cost].map(String);
      return toRateDecision(await runner.script(TAKE, [key], [time(), ...args]));
    },
    async claim(claim) {
      checkEntries(claim.entries);
      know(claim.tenant);
      const { keys, args } = claimParts(claim);
      return toDecision(claim, await runner.script(CLAIM, keys, [time(), ...args]));
    },
    async note(claim, force) {
      checkEntries(claim.entries);
      know(claim.tenant);
      const { keys, args } = noteParts(claim, force);
      return (await runner.script(NOTE, keys, [time(), ...args])) === '1';
    },
    async settle(settlement) {
      checkEntries(settlement.entries);
      know(settlement.claim.tenant);
      const { keys, args } = settleParts(settlement);
      await runner.script(SETTLE, keys, [time(), ...args]);
    },
    async overdue(tenant, atMost) {
      const { due, callPrefix } = limitKeys(tenant);
      const reply = toStrings(await runner.script(OVERDUE, [due, callPrefix], [time(), String(atMost)]));
      return pairs(reply).map(([hold, data]) => ({ ...(JSON.parse(data) as Claim), hold: Number(hold) }));
    },
  };
}

interface Parts {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

function claimParts(claim: Claim): Parts {
  const names = limitKeys(claim.tenant);
  return {
    keys: [...common(names, claim), ...rateKeys(names, claim), ...budgetKeys(names, claim)],
    args: [String(claim.slots.length), JSON.stringify(claim)],
  };
}

function noteParts(claim: Claim, force: boolean): Parts {
  const names = limitKeys(claim.tenant);
  return {
    keys: [...common(names, claim), ...budgetKeys(names, claim)],
    args: [String(claim.slots.length), JSON.stringify(claim), force ? '1' : '0'],
  };
}

function settleParts({ claim, taken, entries, orphan }: Settlement): Parts {
  const names = limitKeys(claim.tenant);
  const { rates, slots, budgets } = claim;
  return {
    keys: [
      ...common(names, claim),
      ...rateKeys(names, claim),
      ...budgetKeys(names, claim),
      ...entries.map(({ id }) => names.marker(id)),
      ...entries.map(({ at }) => names.day(dayOf(at))),
    ],
    args: [
      String(slots.length),
      claim.id,
      orphan ? '1' : '0',
      ...[MARKER_MS, ROWS_KEPT_MS, MAX_ROWS, COST_AT, rates.length].map(String),
      ...rates.flatMap((rate, i) =>
        [rate.limit, rate.periodMs, (taken[i] ?? rate.cost) - rate.cost].map(String),
      ),
      String(budgets.length),
      ...budgets.map(({ period }) => period),
      String(entries.length),
      ...entries.flatMap((entry) => {
        const { keyId, provider, model, tags } = entry;
        const [field, rest] = [
          rowField(keyId, provider, model, tags),
          rowField(keyId, provider, 'other', []),
        ];
        return [field, rest, sumsOf(entry).join(',')];
      }),
    ],
  };
}

/** What a row is about, as the field of its day. */
function rowField(keyId: string, provider: string, model: string, tags: readonly string[]): string {
  return JSON.stringify([keyId, provider, model, ...tags]);
}

/** What the scripts expect first. */
function common(names: LimitKeys, { id, slots }: Claim): string[] {
  return [names.due, ...slots.map(({ subject }) => names.slot(subject)), names.call(id)];
}

function rateKeys(names: LimitKeys, { rates }: Claim): string[] {
  return rates.map(({ subject }) => names.rate(subject));
}

function budgetKeys(names: LimitKeys, { budgets }: Claim): string[] {
  return budgets.map(({ subject, period }) => names.budget(subject, period));
}

function toRateDecision(reply: unknown): RateDecision {
  const [allowed, remaining, retryAfterMs, resetMs] = toStrings(reply).map(Number);
  return {
    allowed: allowed === 1,
    remaining: remaining ?? 0,
    retryAfterMs: retryAfterMs ?? 0,
    resetMs: resetMs ?? 0,
  };
}

function toDecision(claim: Claim, reply: unknown): ClaimDecision {
  const [kind = '', index = '0', retry = '0', overdue = '0', ...levels] = String(reply).split(' ');
  const numbers = pairs(levels).map(([one, other]) => [Number(one), Number(other)] as const);
  const rates = numbers.slice(0, claim.rates.length);
  const budgets = numbers.slice(claim.rates.length);
  return {
    refusal:
      kind === 'rate' || kind === 'slot' || kind === 'budget'
        ? { kind, index: Number(index) - 1, retryAfterMs: Number(retry) }
        : null,
    rates: rates.map(([remaining, resetMs]) => ({ remaining, resetMs })),
    budgets: budgets.map(([spent, reserved]) => ({ spent, reserved })),
    overdue: overdue !== '0',
  };
}

/** Upstash tells numbers as such, where Redis tells text. */
function toStrings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

function pairs(list: readonly string[]): [string, string][] {
  return list.flatMap((one, i) => (i % 2 === 0 ? [[one, list[i + 1] ?? ''] as [string, string]] : []));
}
