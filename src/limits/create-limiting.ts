import type { LimitsConfig } from '../config/config.ts';
import type { GatewayDeps } from '../ports/index.ts';
import type { Settlement } from '../ports/limit-store.ts';
import { type Admit, type AdmitDeps, createAdmit } from './admit.ts';
import { type AlertBudgets, createAlert } from './alert.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createOutputMemory, type OutputMemory } from './usual-output.ts';
import { createWatch, type Watch } from './watch.ts';
import { createWebhook } from './webhook.ts';

export interface LimitingDeps
  extends Pick<GatewayDeps, 'clock' | 'limits' | 'ledger' | 'logger' | 'fetch'>,
    Pick<AdmitDeps, 'price' | 'money' | 'onLimited'> {
  readonly config: LimitsConfig;
  /** Never rejects. */
  readonly keepBooks: (settlement: Settlement) => Promise<void>;
}

/** What holds calls to limits and budgets, put together. */
export interface Limiting {
  readonly admit: Admit;
  readonly watch: Watch;
  readonly sweep: Sweep;
  readonly alert: AlertBudgets;
  readonly outputs: OutputMemory;
}

export function createLimiting(deps: LimitingDeps): Limiting {
  const { config, keepBooks } = deps;
  const outputs = createOutputMemory();
  const { webhook } = config;
  return {
    admit: createAdmit({
      ...deps,
      policy: config,
      usual: outputs.usual,
      release: (claim) => keepBooks({ claim, taken: claim.rates.map(() => 0), entries: [], orphan: false }),
    }),
    watch: createWatch({ ...deps, overrun: config.overrun }),
    sweep: createSweep(deps),
    alert: createAlert({ ...deps, post: webhook === null ? null : createWebhook({ ...deps, ...webhook }) }),
    outputs,
  };
}
