import { expect, it } from 'vitest';
import { createLocalLimits } from '../../adapters/local-limits.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createBooks } from '../../src/account/books.ts';
import type { Claim } from '../../src/domain/claim.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import { StoreFault } from '../../src/ports/store-fault.ts';
import { entry } from '../contract/claims.ts';

it('holds limits alone while the shared store is away, and tells it what was used once it is back', async () => {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const ledger = createMemoryLedger();
  const inner = createMemoryLimitStore({ clock, ledger });
  let gone = true;
  let mayBeAlone = true;
  const failing =
    <A extends readonly unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (gone) throw new StoreFault('unavailable', 'gone');
      return method(...args);
    };
  const shared: LimitStore = {
    take: failing(inner.take),
    claim: failing(inner.claim),
    note: failing(inner.note),
    settle: failing(inner.settle),
    overdue: failing(inner.overdue),
  };
  const limits = createLocalLimits({
    shared,
    own: createMemoryLimitStore({ clock }),
    logger,
    mayBeAlone: () => mayBeAlone,
  });
  const claim = (id: string): Claim => ({
    tenant: 't',
    id,
    rates: [],
    slots: [{ subject: 's', limit: 1 }],
    budgets: [],
    hold: 0,
    leaseMs: 30_000,
    entries: [],
  });
  expect((await limits.claim(claim('a'))).refusal).toBeNull();
  expect((await limits.claim(claim('b'))).refusal).toMatchObject({ kind: 'slot' });
  const keepBooks = createBooks({ limits, clock, logger });
  const kept = keepBooks({ claim: claim('a'), taken: [], entries: [entry()], orphan: false });
  await clock.advance(5_000);
  expect((await limits.claim(claim('c'))).refusal, 'its own slot is free').toBeNull();
  expect(await ledger.rows('t', 0, 1e6)).toEqual([]);
  mayBeAlone = false;
  await expect(limits.claim(claim('d')), 'it was told to refuse meanwhile').rejects.toThrow('gone');
  gone = false;
  await clock.advance(20_000);
  await kept;
  expect(await ledger.rows('t', 0, 1e6)).toMatchObject([{ attempts: 1, cost: 10 }]);
  expect(logger.lines.map(({ message }) => message)).toEqual(['limits are held by this process alone']);
  await limits.take({ tenant: 't', subject: 'r', limit: 1, periodMs: 1 }, 1);
  expect(logger.lines.at(-1)?.message).toBe('limits are shared again');
});
