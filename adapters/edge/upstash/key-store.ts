import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashRunScript } from './run-script.ts';

/** Longer than for what a call can go on without: when this is over, a caller is refused. */
const FIND_DEADLINE_MS = 400;
const OPERATOR_DEADLINE_MS = 2_000;

/** Managed keys in Upstash Redis. */
export function createUpstashKeyStore(options: Omit<UpstashOptions, 'deadlineMs'>): KeyStore {
  return createScriptedKeyStore(
    createUpstashRunScript({ ...options, deadlineMs: OPERATOR_DEADLINE_MS }),
    createUpstashRunScript({ ...options, deadlineMs: FIND_DEADLINE_MS }),
  );
}
