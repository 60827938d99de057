import { GatewayError } from '../errors/gateway-error.ts';
import type { AttemptCall } from './call.ts';

export interface AttemptSettings {
  /** Milliseconds. */
  readonly firstByteMs: number;
  readonly idleMs: number;
}

export interface Attempts {
  /** Answers a call by the first target of its plan. @throws GatewayError */
  run<T>(call: AttemptCall<T>): Promise<T>;
}

export function createAttempts({ firstByteMs, idleMs }: AttemptSettings): Attempts {
  return {
    async run({ plan, signal, tryTarget, clientCredential, attemptsMade = 0 }) {
      const [target] = plan.targets;
      if (target === undefined) throw new GatewayError('no_provider', 'No provider can take the call now.');
      const apiKey = clientCredential ? null : target.provider.apiKey;
      const number = attemptsMade + 1;
      const outcome = await tryTarget(target, {
        signal,
        number,
        apiKey,
        firstByteMs,
        idleMs,
        isHedge: false,
      });
      return outcome.ok ? outcome.value : outcome.failure.give();
    },
  };
}
