import type { HealthMark, HealthSpot, HealthState } from '../src/ports/health-store.ts';

const STATES: ReadonlySet<string> = new Set<HealthState>(['open', 'limited', 'key_dead', 'drained']);

/** One text for each spot: states hold no colon. */
export function spotName({ state, subject }: HealthSpot): string {
  return `${state}:${subject}`;
}

/** Null for what another version may have written. */
export function readMark(name: string, until: number): HealthMark | null {
  const colon = name.indexOf(':');
  const state = name.slice(0, Math.max(0, colon));
  return isState(state) && Number.isFinite(until) ? { state, subject: name.slice(colon + 1), until } : null;
}

function isState(state: string): state is HealthState {
  return STATES.has(state);
}
