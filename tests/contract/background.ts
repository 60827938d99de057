import { expect } from 'vitest';
import type { Background } from '../../src/ports/background.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface MadeBackground extends Made {
  readonly background: Background;
  /** Resolves when all work has ended. */
  idle(): Promise<void>;
  /** Failures that were logged so far. */
  failures(): number;
}

/** Holds a driver to `src/ports/background.ts`. */
export function backgroundContract(name: string, make: () => Promise<MadeBackground>, gaps: Gaps = {}): void {
  contract(`Background: ${name}`, make, gaps, ({ test }) => {
    test('is idle at first', async ({ idle }) => {
      await idle();
    });

    test('waits until work has ended', async ({ background, idle }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const order: string[] = [];
      background.waitUntil(promise.then(() => order.push('work')));
      const waited = idle().then(() => order.push('idle'));
      resolve();
      await waited;
      expect(order).toEqual(['work', 'idle']);
    });

    test('waits for work that work started', async ({ background, idle }) => {
      let ended = false;
      const inner = async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        ended = true;
      };
      const outer = async () => {
        await Promise.resolve();
        background.waitUntil(inner());
      };
      background.waitUntil(outer());
      await idle();
      expect(ended).toBe(true);
    });

    test('logs a failure once, throws nothing and goes on', async ({ background, idle, failures }) => {
      let ended = false;
      background.waitUntil(Promise.reject(new Error('broken')));
      background.waitUntil(Promise.reject(undefined));
      const good = async () => {
        await Promise.resolve();
        ended = true;
      };
      background.waitUntil(good());
      await idle();
      expect(ended).toBe(true);
      expect(failures()).toBe(2);
    });
  });
}
