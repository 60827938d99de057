import { expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { bareClaim } from '../domain/claim.ts';
import type { Settlement } from '../ports/limit-store.ts';
import { StoreFault } from '../ports/store-fault.ts';
import { createBooks } from './books.ts';

const settlement = (tenant: string, id: string): Settlement => ({
  claim: bareClaim(tenant, id),
  taken: [],
  entries: [
    {
      id,
      requestId: id,
      tenant,
      keyId: 'k',
      provider: 'p',
      model: 'm',
      tags: [],
      at: 0,
      isAttempt: true,
      usage: null,
      cost: 7,
      saved: 0,
    },
  ],
  orphan: false,
});

function start() {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const told: string[] = [];
  const store = { gone: new Set<string>(), asked: 0 };
  const limits = {
    async settle({ claim }: Settlement) {
      store.asked += 1;
      if (claim.id === 'wrong') throw new RangeError('no money');
      if (store.gone.has(claim.tenant)) throw new StoreFault('unavailable', 'gone');
      told.push(claim.id);
    },
  };
  return { clock, logger, told, store, keepBooks: createBooks({ limits, clock, logger }) };
}

it('asks once for all that wait, and tells each when the store is back', async () => {
  const { clock, told, store, keepBooks } = start();
  store.gone.add('a');
  const first = keepBooks(settlement('a', 'first'));
  await clock.advance(0);
  const rest = Array.from({ length: 100 }, (_, i) => keepBooks(settlement('a', `call-${i}`)));
  await clock.advance(3_000);
  expect(store.asked, 'not by each').toBeLessThan(12);
  await keepBooks(settlement('b', 'elsewhere'));
  expect(told).toEqual(['elsewhere']);
  store.gone.clear();
  await clock.advance(10_000);
  await Promise.all([first, ...rest]);
  expect(told.sort()).toEqual(['elsewhere', 'first', ...rest.map((_, i) => `call-${i}`)].sort());
  await keepBooks(settlement('a', 'later'));
  expect(told).toContain('later');
});

it('gives up what is wrong, and what was not heard for ten minutes, and logs it in full', async () => {
  const { clock, logger, store, keepBooks } = start();
  await keepBooks(settlement('a', 'wrong'));
  expect(logger.lines).toMatchObject([
    { message: 'ledger entry lost', fields: { id: 'wrong', cost_nano_usd: 7 } },
  ]);
  store.gone.add('a');
  const kept = keepBooks(settlement('a', 'never'));
  for (let minute = 0; minute < 15; minute += 1) for (let i = 0; i < 6; i += 1) await clock.advance(10_000);
  await kept;
  expect(logger.lines.at(-1)).toMatchObject({ message: 'ledger entry lost', fields: { id: 'never' } });
});
