import { expect, it } from 'vitest';
import { rememberedHash } from './remembered-hash.ts';

function counted(maxCredentials?: number) {
  const seen: string[] = [];
  const sha256 = (text: string) => {
    seen.push(text);
    return `hash of ${text}`;
  };
  return { seen, hashOf: rememberedHash(sha256, maxCredentials) };
}

it('makes the hash of a credential once', async () => {
  const { seen, hashOf } = counted();
  for (const text of ['a', 'b', 'a', 'a']) expect(await hashOf(text)).toBe(`hash of ${text}`);
  expect(seen).toEqual(['a', 'b']);
});

it('waits for one that takes its time', async () => {
  const hashOf = rememberedHash(async (text) => `late ${text}`);
  expect([await hashOf('a'), hashOf('a')]).toEqual(['late a', 'late a']);
});

it('forgets those that came first once there are too many', async () => {
  const { seen, hashOf } = counted(2);
  for (const text of ['a', 'b', 'c', 'c', 'a']) await hashOf(text);
  expect(seen).toEqual(['a', 'b', 'c', 'a']);
});
