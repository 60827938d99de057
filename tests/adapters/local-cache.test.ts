import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createLocalCache } from '../../adapters/memory/local-cache.ts';
import { decodeEntry, encodeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/domain/cache-entry.ts';
import { usedMemory } from '../support/used-memory.ts';

const HOUR_MS = 3_600_000;
const ENTRY: Entry = {
  storedAt: 0,
  ttlMs: HOUR_MS,
  tookMs: 1,
  dialect: 'openai-chat',
  kind: 'json',
  contentType: 'application/json',
  provider: 'openai',
  model: 'gpt-4o-mini',
  usage: null,
  cost: 1,
  tags: ['team=search'],
  dropped: '',
  chunks: [],
  body: '{}',
};
const USAGE = {
  input: 1,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 2,
  reasoning: 0,
  estimated: false,
};
const keyOf = (i: number) => `${i}`.padStart(64, '0');

describe('the cache of a process', () => {
  it('has a live entry at hand, and nothing of what is over or of another tenant', async () => {
    const clock = createFakeClock();
    const cache = createLocalCache({ clock });
    cache.set('t', 'k', ENTRY, 1_000);
    expect(cache.get('t', 'k')).toBe(ENTRY);
    expect([cache.get('t', 'other'), cache.get('t2', 'k')]).toEqual([null, null]);
    await clock.advance(1_000);
    expect(cache.get('t', 'k')).toBeNull();
    expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
  });

  it('has nothing that was taken out, or put in for no time', () => {
    const cache = createLocalCache({ clock: createFakeClock() });
    cache.set('t', 'a', ENTRY, HOUR_MS);
    cache.delete('t', 'a');
    cache.set('t', 'b', ENTRY, HOUR_MS);
    cache.set('t', 'b', ENTRY, 0);
    expect([cache.get('t', 'a'), cache.get('t', 'b'), cache.size().entries]).toEqual([null, null, 0]);
  });

  it('keeps what is asked for', () => {
    const cache = createLocalCache({ clock: createFakeClock(), maxEntries: 2 });
    for (const key of ['a', 'b']) cache.set('t', key, ENTRY, HOUR_MS);
    cache.get('t', 'a');
    cache.set('t', 'c', ENTRY, HOUR_MS);
    expect([cache.get('t', 'a'), cache.get('t', 'b')]).toEqual([ENTRY, null]);
  });

  it('never holds more bytes than it may, nor empties itself for what can never fit', () => {
    const cache = createLocalCache({ clock: createFakeClock(), maxBytes: 100_000 });
    cache.set('t', 'small', ENTRY, HOUR_MS);
    cache.set('t', 'large', ENTRY, HOUR_MS);
    cache.set('t', 'large', { ...ENTRY, body: new Uint8Array(100_001) }, HOUR_MS);
    expect([cache.get('t', 'small'), cache.get('t', 'large')]).toEqual([ENTRY, null]);
    for (let i = 0; i < 500; i += 1) {
      cache.set('t', keyOf(i), { ...ENTRY, body: 'x'.repeat(i * 10) }, HOUR_MS);
      expect(cache.size().bytes).toBeLessThanOrEqual(100_000);
    }
  });

  /** With strings and objects of its own, as an answer has them. */
  const made = (i: number, of: Partial<Entry>): Entry => ({
    ...ENTRY,
    usage: { ...USAGE },
    ...of,
    cost: i + 0.5,
  });
  const text = (length: number, i: number) => Buffer.alloc(length, `${i} `).toString('latin1');
  const wide = (length: number, i: number) =>
    Buffer.from(`\u4f60${text(length, i)}`, 'utf16le').toString('utf16le');

  it.each<[what: string, count: number, one: (i: number) => Entry | null]>([
    ['short answers', 20_000, (i) => made(i, { body: text(300, i) })],
    ['answers', 5_000, (i) => made(i, { body: text(10_000, i) })],
    ['answers of two bytes a character', 5_000, (i) => made(i, { body: wide(5_000, i) })],
    ['long answers', 500, (i) => made(i, { body: new Uint8Array(100_000) })],
    [
      'streams',
      2_000,
      (i) =>
        made(i, { kind: 'event-stream', body: new Uint8Array(20_000), chunks: new Array(100).fill(200) }),
    ],
    [
      'what came from another store',
      5_000,
      (i) => decodeEntry(encodeEntry(made(i, { body: text(1_000, i) }))),
    ],
  ])('counts what %s take, and not much more', async (_, count, one) => {
    const cache = createLocalCache({ clock: createFakeClock(), maxEntries: count, maxBytes: 1e9 });
    const before = await usedMemory();
    for (let i = 0; i < count; i += 1) cache.set('t', keyOf(i), one(i) ?? ENTRY, HOUR_MS);
    const grown = (await usedMemory()) - before;
    const { entries, bytes } = cache.size();
    expect(entries).toBe(count);
    expect(bytes / grown).toBeGreaterThan(0.95);
    expect(bytes / grown).toBeLessThan(1.5);
  });
});
