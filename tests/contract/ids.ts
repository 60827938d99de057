import { expect } from 'vitest';
import type { Ids } from '../../src/ports/ids.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeIds extends Made {
  readonly ids: Ids;
}

/** Holds a driver to `src/ports/ids.ts`. */
export function idsContract(name: string, make: () => Promise<MadeIds>, gaps: Gaps = {}): void {
  contract(`Ids: ${name}`, make, gaps, ({ test }) => {
    test('gives 10,000 different names that fit headers and keys', async ({ ids }) => {
      const names = new Set(Array.from({ length: 10_000 }, () => ids.next()));
      expect(names.size).toBe(10_000);
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9-]{1,64}$/);
    });
  });
}
