import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import type { CountTokens } from '../../src/ports/tokenizer.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeCountTokens extends Made {
  readonly countTokens: CountTokens;
}

const never = new AbortController().signal;

/** Texts of ten million characters that are hard on a tokenizer, each for a reason of its own. */
const HUGE: readonly (readonly [what: string, unit: string])[] = [
  ['prose', 'The quick brown fox jumps over the lazy dog. '],
  ['one letter', 'a'],
  ['one space', ' '],
  ['one line end', '\n'],
  ['one sign', '!'],
  ['Chinese without a mark', '\u6f22\u5b57'],
  ['emoji', '\u{1f469}\u200d\u{1f467}'],
];

/** Holds a driver to `src/ports/tokenizer.ts`. */
export function countTokensContract(
  name: string,
  make: () => Promise<MadeCountTokens>,
  gaps: Gaps = {},
): void {
  contract(`CountTokens: ${name}`, make, gaps, ({ test }) => {
    test('counts nothing as nothing', async ({ countTokens }) => {
      expect((await countTokens([], never)).tokens).toBe(0);
      expect((await countTokens(['', ''], never)).tokens).toBe(0);
    });

    test('adds several texts up', async ({ countTokens }) => {
      const [one, two, both] = await Promise.all([
        countTokens(['Good morning'], never),
        countTokens(['and good night!'], never),
        countTokens(['Good morning', 'and good night!'], never),
      ]);
      expect(one.tokens).toBeGreaterThan(0);
      expect(both.tokens).toBe(one.tokens + two.tokens);
    });

    test('takes whatever is in a text', async ({ countTokens }) => {
      const odd = ['<|endoftext|>', '<|im_start|>system', '\ud800', '\udc00\ud800', '\u0000', '\ufeff\u202e'];
      for (const text of odd) expect((await countTokens([text], never)).tokens, text).toBeGreaterThan(0);
    });

    test('counts no fewer tokens for a longer text', async ({ countTokens }) => {
      const text = 'The gateway counts 1,000 tokens, or \u6f22\u5b57, in {"json": [true]}. '.repeat(20);
      const counts = await Promise.all(
        Array.from({ length: 20 }, (_, i) => countTokens([text.slice(0, i * 60)], never)),
      );
      const tokens = counts.map((count) => count.tokens);
      expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    });

    for (const [what, unit] of HUGE) {
      test(`lets others have their turn while it counts ten million characters of ${what}`, async ({
        countTokens,
      }) => {
        await countTokens(['loads what there is to load'], never);
        const text = unit.repeat(10_000_000 / unit.length);
        const watch = watchTurns();
        const { tokens, estimated } = await countTokens([text], never);
        expect(watch.stop(), 'ms that the event loop was held').toBeLessThan(500);
        expect(tokens).toBeGreaterThan(10_000);
        expect(estimated).toBe(true);
      });
    }

    test('stops for a caller who has gone', async ({ countTokens }) => {
      await expect(countTokens(['text'], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    });
  });
}

/** `stop` tells the longest time between two turns of the event loop; `turns` how many there were. */
export function watchTurns() {
  let longest = 0;
  let last = performance.now();
  let on = true;
  let turns = 0;
  const look = () => {
    turns += 1;
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const watch = async () => {
    while (on) {
      await turn();
      look();
    }
  };
  void watch();
  return {
    turns: () => turns,
    stop() {
      on = false;
      look();
      return longest;
    },
  };
}
