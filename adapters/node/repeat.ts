import type { Clock } from '../../src/ports/clock.ts';

/** Does `work` as often as the configuration in force says (null: not now), until the function returned is called. */
export function repeat(
  work: () => Promise<void>,
  everySeconds: () => number | null,
  clock: Clock,
): () => void {
  let cancel = () => {};
  let over = false;
  const wait = () => {
    if (over) return;
    const seconds = everySeconds();
    const go = seconds === null ? wait : () => void work().then(wait);
    cancel = clock.after((seconds ?? IDLE_SECONDS) * 1_000, go);
  };
  wait();
  return () => {
    over = true;
    cancel();
  };
}

/** A reload may switch it on. */
const IDLE_SECONDS = 10;
