import type { Quantiles } from '../resilience/quantiles.ts';
import {
  type AttemptSettings,
  DEADLINE_FACTOR,
  DEADLINE_QUANTILE,
  FIRST_BYTE_FLOOR_MS,
  IDLE_FLOOR_MS,
  LEAST_TIMES,
  PROMPT_TOKENS_UNIT,
} from './settings.ts';
import type { TargetHealth } from './target-health.ts';

/** How much longer the first token takes for a prompt than for none. */
export function promptFactor(promptTokens: number): number {
  return 1 + promptTokens / PROMPT_TOKENS_UNIT;
}

export interface Deadlines {
  readonly firstByteMs: number;
  readonly idleMs: number;
}

export interface DeadlineCall {
  readonly promptTokens: number;
  readonly stream: boolean;
  /** Another target is left to answer, before anything went out, and after that. */
  readonly mayFallOver: boolean;
  readonly mayContinue: boolean;
}

/** A silence that is long for this target, where another one could answer meanwhile; never longer than the settings say. */
export function deadlinesOf(
  { firstToken, pauses }: Pick<TargetHealth, 'firstToken' | 'pauses'>,
  { promptTokens, stream, mayFallOver, mayContinue }: DeadlineCall,
  settings: AttemptSettings,
): Deadlines {
  const { firstByteMs, idleMs } = settings;
  return {
    firstByteMs:
      stream && mayFallOver
        ? bounded(firstToken, promptFactor(promptTokens), FIRST_BYTE_FLOOR_MS, firstByteMs)
        : firstByteMs,
    idleMs: stream && mayContinue ? bounded(pauses, 1, IDLE_FLOOR_MS, idleMs) : idleMs,
  };
}

function bounded(times: Quantiles, factor: number, floorMs: number, limitMs: number): number {
  const usual = times.at(DEADLINE_QUANTILE, LEAST_TIMES);
  if (usual === null) return limitMs;
  return Math.min(limitMs, Math.max(floorMs, Math.ceil(usual * DEADLINE_FACTOR * factor)));
}
