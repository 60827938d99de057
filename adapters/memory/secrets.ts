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
    async delete(name) {
      values.delete(name);
    },
  };
}
