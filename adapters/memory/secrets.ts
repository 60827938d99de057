import type { Secrets } from '../../src/ports/secrets.ts';

/** Unbounded on purpose: only an operator adds secrets. */
export function createMemorySecrets(): Secrets {
  const values = new Map<string, string>();
  return {
    async get(name) {
      return values.get(name) ?? null;
    },
    async put(name, value) {
      values.set(name, value);
    },
    async replace(name, before, after) {
      if (values.get(name) !== before) return false;
      values.set(name, after);
      return true;
    },
    async delete(name) {
      values.delete(name);
    },
    async names() {
      return [...values.keys()];
    },
  };
}
