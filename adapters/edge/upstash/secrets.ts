import type { Secrets } from '../../../src/ports/secrets.ts';
import { createScriptedSecrets } from '../../scripted-secrets.ts';
import type { UpstashOptions } from './guarded.ts';
import { createUpstashScriptRunner } from './script-runner.ts';

/** Sealed credentials in Upstash Redis. */
export function createUpstashSecrets(options: UpstashOptions): Secrets {
  const { script } = createUpstashScriptRunner({ deadlineMs: 400, ...options }, 'Upstash (credentials)');
  return createScriptedSecrets(script);
}
