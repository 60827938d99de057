import type { KeyStore } from '../../../src/ports/key-store.ts';
import { createScriptedKeyStore } from '../../scripted-key-store.ts';
import { createUpstashRunScript, type UpstashRunScriptOptions } from './run-script.ts';

/** Managed keys in Upstash Redis. */
export function createUpstashKeyStore(options: UpstashRunScriptOptions): KeyStore {
  return createScriptedKeyStore(createUpstashRunScript(options));
}
