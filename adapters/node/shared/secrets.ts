import type { Secrets } from '../../../src/ports/secrets.ts';
import { ask } from './ask.ts';
import type { Link } from './link.ts';

/** Sealed credentials, as one process keeps them for all. */
export interface SecretApi {
  getSecret(name: string): Promise<string | null>;
  putSecret(name: string, value: string): Promise<void>;
  replaceSecret(name: string, before: string, after: string): Promise<boolean>;
  deleteSecret(name: string): Promise<void>;
  secretNames(): Promise<readonly string[]>;
}

const DEADLINE_MS = 250;

export function secretApi({ get, put, replace, delete: remove, names }: Secrets): SecretApi {
  return {
    getSecret: get,
    putSecret: put,
    replaceSecret: replace,
    deleteSecret: remove,
    secretNames: names,
  };
}

/** The credentials that another process keeps for all. Rejects when that process does not answer in time. */
export function createSharedSecrets(link: Link<SecretApi>): Secrets {
  return {
    get: (name) => ask(link, 'getSecret', [name], DEADLINE_MS),
    put: (name, value) => ask(link, 'putSecret', [name, value], DEADLINE_MS),
    replace: (name, before, after) => ask(link, 'replaceSecret', [name, before, after], DEADLINE_MS),
    delete: (name) => ask(link, 'deleteSecret', [name], DEADLINE_MS),
    names: () => ask(link, 'secretNames', [], DEADLINE_MS),
  };
}
