import type { Near, VectorStore } from '../ports/vector-store.ts';
import type { Facts } from './facts.ts';
import { refusal } from './guard.ts';

/** What was asked before and means the same. */
export interface Neighbours {
  /** Those that the guard lets pass, the nearest first. */
  readonly passed: readonly Pick<Near, 'key' | 'similarity'>[];
  /** It refused others. */
  readonly guarded: boolean;
}

/** Changes with the facts and the guard: older ones compare with none. */
export const FACTS_VERSION = 1;

/** Answers may be gone by now, and the next one is as good. */
const COUNT = 4;

export interface NeighbourQuery {
  readonly tenant: string;
  readonly scope: string;
  readonly vector: Float32Array;
  readonly facts: Facts;
  readonly threshold: number;
}

/** Rejects as the store does. */
export async function neighboursOf(
  vectors: Pick<VectorStore, 'search'>,
  { tenant, scope, vector, facts, threshold }: NeighbourQuery,
): Promise<Neighbours> {
  const near = await vectors.search(tenant, scope, { vector, threshold, count: COUNT });
  const passed = near.filter((one) => {
    const known = readFacts(one.facts);
    return known !== null && refusal(facts, known) === null;
  });
  return { passed, guarded: passed.length < near.length };
}

export function writeFacts(facts: Facts): string {
  return JSON.stringify({ ...facts, version: FACTS_VERSION });
}

/** Null: they were written by another version, or are none. */
function readFacts(text: string): Facts | null {
  try {
    const { version, ...facts } = JSON.parse(text) as Facts & { readonly version: number };
    return version === FACTS_VERSION ? facts : null;
  } catch {
    return null;
  }
}
