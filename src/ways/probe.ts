import type { Attempts } from '../attempts/attempts.ts';
import type { Config } from '../config/config.ts';
import type { IsWell } from '../provider/is-well.ts';
import { configuredTargets } from './provider-report.ts';

/** Asks the targets of routes whose circuit is not closed whether they are well. Never rejects. */
export type Probe = () => Promise<void>;

export function createProbe(
  attempts: Pick<Attempts, 'probe'>,
  config: Pick<Config, 'routes'>,
  isWell: IsWell,
): Probe {
  return async function probe() {
    const targets = configuredTargets(config);
    await Promise.all(targets.map((target) => attempts.probe(target, () => isWell(target.provider))));
  };
}
