import type { Secrets } from '../../../src/ports/secrets.ts';
import { createScriptedSecrets } from '../../scripted-secrets.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashRunScript } from './run-script.ts';

/** Sealed credentials in Upstash Redis. */
export function createUpstashSecrets(options: UpstashOptions): Secrets {
  return createScriptedSecrets(createUpstashRunScript({ deadlineMs: 400, ...options }));
}
