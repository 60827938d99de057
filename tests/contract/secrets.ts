import { expect } from 'vitest';
import type { Secrets } from '../../src/ports/secrets.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeSecrets extends Made {
  readonly store: Secrets;
}

/** Holds a driver to `src/ports/secrets.ts`. */
export function secretsContract(name: string, make: () => Promise<MadeSecrets>, gaps: Gaps = {}): void {
  contract(`Secrets: ${name}`, make, gaps, ({ test }) => {
    test('has nothing at first, whatever the name', async ({ store }) => {
      for (const name of ['', 'OPENAI_API_KEY', '__proto__', 'toString'])
        expect(await store.get(name)).toBeNull();
    });

    test('gives back what was put, and the last of it', async ({ store }) => {
      await store.put('OPENAI_API_KEY', 'first');
      await store.put('OPENAI_API_KEY', 'second');
      expect(await store.get('OPENAI_API_KEY')).toBe('second');
    });

    test('names all that is there', async ({ store }) => {
      expect(await store.names()).toEqual([]);
      for (const name of ['b', 'a', 'caf\u00e9:{x}']) await store.put(name, 'value');
      await store.delete('b');
      expect([...(await store.names())].sort()).toEqual(['a', 'caf\u00e9:{x}']);
    });

    test('replaces only what is still there', async ({ store }) => {
      await store.put('A', 'first');
      expect(await store.replace('A', 'other', 'second')).toBe(false);
      expect(await store.replace('B', 'first', 'second')).toBe(false);
      expect(await store.get('A')).toBe('first');
      expect(await store.replace('A', 'first', 'second')).toBe(true);
      expect(await store.get('A')).toBe('second');
    });

    test('deletes, once or twice', async ({ store }) => {
      await store.put('A', 'value');
      await store.delete('A');
      await store.delete('A');
      expect(await store.get('A')).toBeNull();
    });

    test('keeps names apart that differ in case, script or separators only', async ({ store }) => {
      const names = ['a', 'A', 'a:b', 'a/b', '*', 'caf\u00e9', 'cafe\u0301', '__proto__', 'constructor'];
      for (const name of names) await store.put(name, `value of ${name}`);
      for (const name of names) expect(await store.get(name)).toBe(`value of ${name}`);
    });

    for (const [title, value] of [
      ['an empty value', ''],
      ['emoji, quotes and line ends', '\u{1f511}"\\\r\n\u0000'],
      ['a service account of 100,000 characters', 'x'.repeat(100_000)],
    ] as const) {
      test(`passes ${title} through unchanged`, async ({ store }) => {
        await store.put('A', value);
        expect(await store.get('A')).toBe(value);
      });
    }

    test('names no value in the error when something fails', async ({ store }) => {
      const failure = await store.put('bad\u0000name', 'sk-very-secret').catch(String);
      expect(String(failure)).not.toContain('sk-very-secret');
    });
  });
}
