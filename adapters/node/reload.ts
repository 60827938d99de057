import type { TakeOn } from '../take-on.ts';
import type { NodeConfig } from './config-file.ts';

/**
 * Reads the configuration again and takes it on; one at a time, and once more at the end when something changed in
 * between. Never rejects.
 */
export function createReloader(read: () => NodeConfig, takeOn: TakeOn): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let isAskedAgain = false;

  async function untilSettled(): Promise<void> {
    do {
      isAskedAgain = false;
      await takeOn(read());
    } while (isAskedAgain);
    underWay = null;
  }

  return function reload() {
    isAskedAgain = true;
    underWay ??= untilSettled();
    return underWay;
  };
}
