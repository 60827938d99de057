import type { Config } from '../config/config.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { createRequireAdmin, type RequireAdmin } from './admin.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import { createFindKey } from './find-key.ts';
import { createGuesses } from './guesses.ts';
import { createKnownKeys, type KnownKeys } from './known-keys.ts';
import { rememberedHash } from './remembered-hash.ts';

export interface AccessDeps extends Pick<GatewayDeps, 'clock' | 'sha256' | 'keys'> {
  /** Somebody is guessing keys, and was refused. */
  readonly onGuesses: () => void;
}

/** Who may come in. */
export interface Access {
  readonly authenticate: Authenticate;
  readonly requireAdmin: RequireAdmin;
  /** Null: no keys can be made at run time. */
  readonly knownKeys: KnownKeys | null;
}

export function createAccess(deps: AccessDeps, { auth, admin }: Config): Access {
  const { clock, sha256, keys: store, onGuesses: onLimited } = deps;
  const knownKeys = store === null ? null : createKnownKeys({ store, clock, graceMs: auth.keysGraceMs });
  const findKey = createFindKey(auth.keys, sha256, knownKeys);
  return {
    authenticate: createAuthenticate({
      mode: auth.mode,
      findKey,
      guesses: createGuesses({ clock, onLimited }),
      sha256: rememberedHash(sha256),
      clock,
    }),
    requireAdmin: createRequireAdmin({
      adminKey: admin.apiKey,
      sha256,
      guesses: createGuesses({ clock, onLimited }),
    }),
    knownKeys,
  };
}

/** Whether tenants share the account of a provider: also those that may come with keys made later. */
export function hasSeveralTenants({ auth, admin }: Config): boolean {
  const tenants = new Set(auth.keys.map(({ tenant }) => tenant));
  return tenants.size > 1 || (auth.mode === 'keys' && admin.apiKey !== null);
}
