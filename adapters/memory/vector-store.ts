import type { Clock } from '../../src/ports/clock.ts';
import type { Near, StoredVector, VectorQuery, VectorStore } from '../../src/ports/vector-store.ts';
import { scopedKey } from './scoped-key.ts';

export interface MemoryVectorStoreOptions {
  readonly clock: Clock;
  readonly maxEntries?: number;
  /** Vectors, facts and a flat share for each. */
  readonly maxBytes?: number;
}

export interface MemoryVectorStore extends VectorStore {
  size(): { readonly entries: number; readonly bytes: number };
}

interface Slot extends StoredVector {
  readonly scope: string;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Two objects, array, buffer, keys and two hash tables; about what V8 takes (Node 24). */
const ENTRY_BYTES = 700;
/** Dimensions between two looks at whether a vector can still be near. */
const BLOCK = 32;

/** Compares with every vector of the scope. */
export function createMemoryVectorStore({
  clock,
  maxEntries = 10_000,
  maxBytes = 64 * 1024 * 1024,
}: MemoryVectorStoreOptions): MemoryVectorStore {
  const scopes = new Map<string, Map<string, Slot>>();
  /** In order of use, as a Set keeps the order of insertion. */
  const all = new Set<Slot>();
  let bytes = 0;

  function drop(slot: Slot): void {
    if (!all.delete(slot)) return;
    bytes -= slot.bytes;
    const scope = scopes.get(slot.scope);
    scope?.delete(slot.key);
    if (scope?.size === 0) scopes.delete(slot.scope);
  }

  function touch(slot: Slot): void {
    all.delete(slot);
    all.add(slot);
  }

  function near(slots: Iterable<Slot>, { vector, threshold }: VectorQuery): [Slot, number][] {
    const found: [Slot, number][] = [];
    const now = clock.now();
    for (const slot of slots) {
      if (slot.expiresAt <= now) drop(slot);
      else if (slot.vector.length === vector.length) {
        const similarity = similarityFrom(slot.vector, vector, threshold);
        if (similarity !== null) found.push([slot, similarity]);
      }
    }
    return found;
  }

  return {
    async search(tenant, scope, query) {
      const slots = scopes.get(scopedKey(tenant, scope));
      if (slots === undefined) return [];
      const nearest = near(slots.values(), query)
        .sort(([, a], [, b]) => b - a)
        .slice(0, query.count);
      return nearest.map(([slot, similarity]): Near => {
        touch(slot);
        return { key: slot.key, facts: slot.facts, similarity };
      });
    },
    async add(tenant, scope, { key, vector, facts }, ttlMs) {
      const scoped = scopedKey(tenant, scope);
      const old = scopes.get(scoped)?.get(key);
      if (old !== undefined) drop(old);
      const size = vector.byteLength + 2 * (facts.length + key.length) + ENTRY_BYTES;
      if (!(ttlMs > 0) || size > maxBytes) return;
      for (const oldest of all) {
        if (all.size < maxEntries && bytes + size <= maxBytes) break;
        drop(oldest);
      }
      const expiresAt = clock.now() + ttlMs;
      const slot: Slot = { key, vector: vector.slice(), facts, scope: scoped, bytes: size, expiresAt };
      const slots = scopes.get(scoped) ?? new Map<string, Slot>();
      scopes.set(scoped, slots.set(key, slot));
      all.add(slot);
      bytes += size;
    },
    size: () => ({ entries: all.size, bytes }),
  };
}

/**
 * Of vectors of length 1, from the square of their distance, which only grows: most vectors are told to be too far after
 * a tenth of their dimensions. Null: below the threshold.
 */
function similarityFrom(a: Float32Array, b: Float32Array, threshold: number): number | null {
  // Rounding of 32-bit floats must not push equal vectors apart.
  const most = 2 - 2 * threshold + 1e-6;
  let sum = 0;
  for (let from = 0; from < a.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, a.length);
    for (let at = from; at < to; at++) {
      const gap = (a[at] ?? 0) - (b[at] ?? 0);
      sum += gap * gap;
    }
    if (sum > most) return null;
  }
  return Math.min(1, 1 - sum / 2);
}
