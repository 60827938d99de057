import type { Config } from '../../src/index.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** Probes as often as the configuration in force says, until the function returned is called. */
export function probeRegularly(
  probe: () => Promise<void>,
  everySeconds: () => Config['server']['probeSeconds'],
  clock: Clock,
): () => void {
  let cancel = () => {};
  let over = false;
  const wait = () => {
    if (over) return;
    const seconds = everySeconds();
    const go = seconds === null ? wait : () => void probe().then(wait);
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
