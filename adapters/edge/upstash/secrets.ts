import type { Secrets } from '../../../src/ports/secrets.ts';
import { createScriptedSecrets } from '../../scripted-secrets.ts';
import { createUpstashRunScript, type UpstashRunScriptOptions } from './run-script.ts';

/** Sealed credentials in Upstash Redis. */
export function createUpstashSecrets(options: UpstashRunScriptOptions): Secrets {
  return createScriptedSecrets(createUpstashRunScript({ deadlineMs: 400, ...options }));
}
