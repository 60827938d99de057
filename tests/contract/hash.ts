import { expect } from 'vitest';
import type { Sha256 } from '../../src/ports/hash.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeSha256 extends Made {
  readonly sha256: Sha256;
}

/** Vectors of FIPS 180-2 and texts whose UTF-8 form is easy to get wrong; checked against `sha256sum`. */
const VECTORS: readonly (readonly [title: string, text: string, hash: string])[] = [
  ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'a million times a',
    'a'.repeat(1_000_000),
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  ],
  [
    'accents and emoji',
    'caf\u00e9 \u{1f680}',
    '22b8c9581c75829df9ef018ebff80267c35f980ae1501f77d8a93ee193bede78',
  ],
  [
    'a lone surrogate as U+FFFD',
    '\ud800',
    '83d544ccc223c057d2bf80d3f2a32982c32c3c0db8e2674820da5064783fb097',
  ],
];

/** Holds a driver to `src/ports/hash.ts`. */
export function sha256Contract(name: string, make: () => Promise<MadeSha256>, gaps: Gaps = {}): void {
  contract(`Sha256: ${name}`, make, gaps, ({ test }) => {
    for (const [title, text, hash] of VECTORS) {
      test(`hashes ${title}`, async ({ sha256 }) => {
        expect(await sha256(text)).toBe(hash);
      });
    }

    test('keeps 100 hashes asked for at once apart', async ({ sha256 }) => {
      const hashes = await Promise.all(Array.from({ length: 100 }, (_, i) => sha256(`text ${i}`)));
      expect(new Set(hashes).size).toBe(100);
      expect(await sha256('text 42')).toBe(hashes[42]);
    });
  });
}
