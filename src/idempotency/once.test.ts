import { describe, expect, it } from 'vitest';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { prepareAttempt } from '../../tests/support/attempt.ts';
import type { Answer } from '../domain/answer.ts';
import type { Principal } from '../domain/principal.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import { createOnce } from './once.ts';

const down = () => Promise.reject(new Error('down'));

function reply(text: string): Answer {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ choices }) };
}

/** One process with a store that can be made to fail, and a provider that counts. */
function setup() {
  const clock = createFakeClock();
  const memory = createMemoryCacheStore({ clock });
  const failing: Partial<CacheStore> = {};
  const store: CacheStore = {
    get: (...of) => (failing.get ?? memory.get)(...of),
    set: (...of) => (failing.set ?? memory.set)(...of),
    delete: memory.delete,
    acquire: (...of) => (failing.acquire ?? memory.acquire)(...of),
    release: (...of) => (failing.release ?? memory.release)(...of),
  };
  const seen = { errors: 0, made: 0 };
  const onError = () => void seen.errors++;
  const once = createOnce({ store, clock, sha256: async (text) => `h${text}`, totalMs: 600_000, onError });

  function ask(text = 'hi', { tenant = 't', make = async () => reply(`${seen.made}`) } = {}) {
    const { prepared } = prepareAttempt({
      script: () => Promise.reject(new Error('`make` stands for the provider')),
      headers: { 'idempotency-key': 'k' },
      body: { messages: [{ role: 'user', content: text }] },
    });
    return once({ tenant } as Principal, prepared, () => {
      seen.made += 1;
      return make();
    });
  }

  return { clock, memory, failing, seen, ask };
}

/** A replay is in bytes. */
async function textOf(answer: Promise<Answer>): Promise<string> {
  return new Response((await answer).body as BodyInit).text();
}

const written = (text: string) => String(reply(text).body);

describe('a call with a key, when the store', () => {
  it('cannot be asked, is made', async () => {
    const { failing, seen, ask } = setup();
    failing.acquire = down;
    expect(await textOf(ask())).toBe(written('1'));
    expect(await textOf(ask())).toBe(written('2'));
    expect(seen).toEqual({ errors: 2, made: 2 });
  });

  it('cannot be read, is made, and leaves nothing that its retry would wait for', async () => {
    const { failing, seen, ask, clock } = setup();
    failing.get = down;
    expect(await textOf(ask())).toBe(written('1'));
    delete failing.get;
    const retry = textOf(ask());
    await clock.advance(0);
    expect(await retry).toBe(written('2'));
    expect(seen.errors).toBe(1);
  });

  it('cannot keep the answer, is answered, and made again by its retry', async () => {
    const { failing, seen, ask, clock } = setup();
    failing.set = down;
    expect(await textOf(ask())).toBe(written('1'));
    await clock.advance(0);
    expect(seen.errors).toBe(1);
    delete failing.set;
    expect(await textOf(ask())).toBe(written('2'));
  });

  it('holds something that is no answer, is made', async () => {
    const { memory, ask } = setup();
    await memory.set('t', 'idempotency.hk', new Uint8Array([1, 255, 255, 255, 255, 7]), 1000);
    expect(await textOf(ask())).toBe(written('1'));
    await memory.set('t', 'idempotency.hk', new Uint8Array([99]), 1000);
    expect(await textOf(ask())).toBe(written('2'));
  });
});

describe('a key', () => {
  it('stands for one body alone, and a wrong one holds nobody up', async () => {
    const { failing, seen, ask, clock, memory } = setup();
    expect(await textOf(ask())).toBe(written('1'));
    await clock.advance(0);
    await expect(ask('other')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    await memory.delete('t', 'idempotency.hk');
    expect(await textOf(ask())).toBe(written('2'));
    await clock.advance(0);
    failing.release = down;
    await expect(ask('other')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    expect(seen.made).toBe(2);
  });

  it('is another one for another tenant', async () => {
    const { ask } = setup();
    expect(await textOf(ask())).toBe(written('1'));
    expect(await textOf(ask('hi', { tenant: 'u' }))).toBe(written('2'));
  });

  it('passes to the one that waits when the first fails', async () => {
    const { ask, clock, seen } = setup();
    const first = Promise.withResolvers<Answer>();
    const failed = ask('hi', { make: () => first.promise }).catch((fault: Error) => fault.message);
    await clock.advance(0);
    const second = textOf(ask());
    await clock.advance(100);
    expect(seen.made).toBe(1);
    first.reject(new Error('provider gone'));
    expect(await failed).toBe('provider gone');
    await clock.advance(500);
    expect(await second).toBe(written('2'));
  });

  it('whose answer is too large to keep is free again', async () => {
    const { ask } = setup();
    const large = reply('x'.repeat(1 << 20));
    await ask('hi', { make: async () => large });
    expect(await textOf(ask())).toBe(written('2'));
  });
});
