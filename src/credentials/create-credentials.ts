import type { Config } from '../config/config.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { createSealer } from './seal.ts';

/**
 * The credentials of this gateway; null: none can be stored, for want of a store, a key to seal them with, or somebody who
 * may set them, or because clients bring their own: a gateway that asks nobody for a key must not lend anybody one.
 */
export function credentialsOf(
  deps: Pick<GatewayDeps, 'secrets' | 'clock' | 'logger'>,
  { admin, auth }: Config,
): Credentials | null {
  const { secrets } = deps;
  const [first, ...more] = admin.encryptionKeys;
  if (secrets === null || first === undefined || admin.apiKey === null || auth.mode === 'passthrough')
    return null;
  return createCredentials({ ...deps, secrets, sealer: createSealer([first, ...more]) });
}
