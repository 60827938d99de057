import { describe, expect, it } from 'vitest';
import {
  answerOf,
  DAY_MS,
  EVENTS,
  fails,
  held,
  NAME,
  said,
  setup,
  streamOf,
} from '../../tests/support/once-rig.ts';

describe('the first answer to a key', () => {
  it('is given for a day, and costs nothing', async () => {
    const { answered, ask, clock, made } = setup();
    expect(await answered(() => answerOf('one'))).toBe('one');
    await clock.advance(DAY_MS - 20_000);
    const { seen } = ask(() => answerOf('two'));
    await clock.advance(0);
    expect(await said(seen)).toBe('again: one');
    expect(seen.value?.headers).toMatchObject({
      'x-llm-edge-cost-usd': '0',
      'content-type': 'application/json',
    });
    expect(made()).toBe(1);
    await clock.advance(20_000);
    expect(await answered(() => answerOf('three'))).toBe('three');
  });

  it('is of one tenant', async () => {
    const { answered } = setup();
    expect(await answered(() => answerOf('one'), { tenant: 'a' })).toBe('one');
    expect(await answered(() => answerOf('two'), { tenant: 'b' })).toBe('two');
    expect(await answered(() => answerOf('three'), { tenant: 'a' })).toBe('again: one');
  });

  it('is no answer to another call, and whoever asked so leaves no lease behind', async () => {
    const { answered, memory } = setup();
    await answered(() => answerOf('one'), { text: '{"a":1}' });
    expect(await answered(() => answerOf('two'), { text: '{"a":2}' })).toBe('idempotency_mismatch');
    await memory.delete('t', NAME);
    expect(await answered(() => answerOf('three'), { text: '{"a":1}' })).toBe('three');
  });

  it('is not kept when it is too large, too small or no success', async () => {
    const { answered, made } = setup();
    const large = `data: {"choices":[{"delta":{"content":"${'x'.repeat(1 << 20)}"}}]}\n\n`;
    expect(await answered(() => answerOf('x'.repeat(1 << 20)))).toMatch(/^x+$/);
    expect(await answered(() => streamOf([large, ...EVENTS]), { stream: true })).toBe('stream');
    expect(await answered(() => ({ ...answerOf('no'), body: '{"choices":[' }))).toContain('choices');
    expect(await answered(() => streamOf(EVENTS.slice(0, 1)), { stream: true })).toBe('Hi');
    expect(await answered(() => answerOf('no', 400))).toBe('no');
    expect(await answered(() => answerOf('yes'))).toBe('yes');
    expect(made()).toBe(6);
  });

  it('is not what was damaged, or is of another version: that is written anew', async () => {
    const { answered, memory } = setup();
    for (const bytes of [[], [2, 0, 0, 0, 0], [1, 0, 0, 0, 9, 123, 125]]) {
      await memory.set('t', NAME, Uint8Array.from(bytes), DAY_MS);
      expect(await answered(() => answerOf('anew'))).toBe('anew');
      expect(await answered(() => answerOf('other'))).toBe('again: anew');
    }
  });
});

describe('two calls with a key at the same moment', () => {
  it('are one: the second gets the answer of the first', async () => {
    const { ask, clock, made } = setup();
    const first = held();
    const both = [ask(first.make), ask(() => answerOf('two'))];
    await clock.advance(10_000);
    expect(both.map(({ seen }) => seen)).toEqual([{}, {}]);
    first.resolve(answerOf('one'));
    await clock.advance(500);
    expect(await Promise.all(both.map(({ seen }) => said(seen)))).toEqual(['one', 'again: one']);
    expect(made()).toBe(1);
  });

  it('are told apart by their bodies once the first is answered', async () => {
    const { ask, clock } = setup();
    const first = held();
    ask(first.make);
    const second = ask(() => answerOf('two'), { text: '{"a":2}' });
    await clock.advance(100);
    first.resolve(answerOf('one'));
    await clock.advance(500);
    expect(await said(second.seen)).toBe('idempotency_mismatch');
  });

  it.each([
    ['fails', 'upstream_failed', fails],
    ['breaks off', 'Hi', async () => streamOf(EVENTS.slice(0, 1))],
  ])('are two when the first %s', async (_, told, end) => {
    const { ask, clock, made } = setup();
    const go = Promise.withResolvers<void>();
    const first = ask(() => go.promise.then(end), { stream: true });
    const second = ask(() => streamOf(EVENTS), { stream: true });
    await clock.advance(100);
    go.resolve();
    await clock.advance(0);
    expect(await said(first.seen)).toBe(told);
    await clock.advance(500);
    expect(await said(second.seen)).toBe('stream');
    expect(made()).toBe(2);
  });

  it('are two when the client of the first leaves, before its answer or in the middle of it', async () => {
    for (const isBegun of [false, true]) {
      const { ask, clock, answered } = setup();
      const first = ask(isBegun ? () => streamOf(EVENTS) : held().make, { stream: true });
      const second = ask(() => streamOf(EVENTS), { stream: true });
      await clock.advance(100);
      expect(second.seen).toEqual({});
      const body = first.seen.value?.body;
      if (body instanceof ReadableStream) await body.cancel();
      else first.leave();
      await clock.advance(500);
      expect(await said(second.seen)).toBe('stream');
      expect(await answered(() => fails(), { stream: true })).toBe('again: stream');
    }
  });

  it('do not wait for a client that left, nor for ever', async () => {
    const { ask, clock, count } = setup();
    ask(held().make);
    const [leaving, staying] = [ask(fails), ask(fails)];
    await clock.advance(1_000);
    leaving.leave();
    await clock.advance(0);
    expect(await said(leaving.seen)).toBe('client_closed');
    await clock.advance(29_500);
    expect(await said(staying.seen)).toBe('conflict');
    const asked = count.acquire;
    await clock.advance(60_000);
    expect(count.acquire).toBe(asked);
  });
});
