import type { Provider } from '../domain/provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Sealer } from './seal.ts';

export interface CredentialsDeps {
  readonly secrets: Secrets;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of the credential that an operator stored for a provider; the credential itself is never shown. */
export interface CredentialState {
  readonly provider: string;
  /** When it was sealed, in milliseconds since the epoch; null: it cannot be opened. */
  readonly sealedAt: number | null;
  /** It is sealed with the first of the encryption keys. */
  readonly isCurrent: boolean;
}

export interface Credentials {
  /**
   * The key with which a provider is called: the stored one, else the one from the configuration. While the store does not
   * answer, what was known last counts. Never rejects.
   */
  of(provider: Provider): string | null | Promise<string | null>;
  put(provider: string, key: string): Promise<CredentialState>;
  remove(provider: string): Promise<void>;
  /** Null: there is none. */
  state(provider: string): Promise<CredentialState | null>;
  states(): Promise<readonly CredentialState[]>;
  /** Seals with the first encryption key what is sealed with another one. */
  reseal(): Promise<{ readonly resealed: number; readonly unreadable: number }>;
}

interface Known {
  readonly key: string | null;
  readonly askedAt: number;
  /** When somebody began to ask again. */
  askingSince: number | null;
}

/** After that the next call asks the store; those beside it go by what is known for as long as any driver may take. */
const FRESH_MS = 3_000;
const ASKING_MS = 500;

export function createCredentials({ secrets, sealer, clock, logger }: CredentialsDeps): Credentials {
  /** By provider, of which there are as many as are configured. */
  const known = new Map<string, Known>();

  async function read(provider: string): Promise<string | null> {
    const envelope = await secrets.get(provider);
    return envelope === null ? null : (await sealer.open(provider, envelope)).text;
  }

  async function ask(provider: string, last: Known | undefined): Promise<string | null> {
    const askedAt = clock.monotonic();
    if (last !== undefined) last.askingSince = askedAt;
    const key = await read(provider).catch((fault: Error) => {
      logger.log('error', 'credential not read', { provider, error: fault.message });
      return last?.key ?? null;
    });
    known.set(provider, { key, askedAt, askingSince: null });
    return key;
  }

  async function stateOf(provider: string, envelope: string): Promise<CredentialState> {
    const sealed = await sealer.open(provider, envelope).catch(() => null);
    const isCurrent = sealed !== null && (await sealer.isCurrent(envelope));
    return { provider, sealedAt: sealed?.at ?? null, isCurrent };
  }

  async function state(provider: string): Promise<CredentialState | null> {
    const envelope = await secrets.get(provider);
    return envelope === null ? null : stateOf(provider, envelope);
  }

  return {
    state,
    of({ id, apiKey, auth, transport }) {
      if (auth === 'none' || transport === 'sandbox') return apiKey;
      const last = known.get(id);
      const now = clock.monotonic();
      if (last !== undefined && isGood(last, now)) return last.key ?? apiKey;
      return ask(id, last).then((key) => key ?? apiKey);
    },
    async put(provider, key) {
      const envelope = await sealer.seal(provider, key, clock.now());
      await secrets.put(provider, envelope);
      known.delete(provider);
      return stateOf(provider, envelope);
    },
    async remove(provider) {
      await secrets.delete(provider);
      known.delete(provider);
    },
    async states() {
      const states = await Promise.all((await secrets.names()).toSorted().map(state));
      return states.filter((one) => one !== null);
    },
    async reseal() {
      const counts = { resealed: 0, unreadable: 0 };
      for (const name of await secrets.names()) {
        const envelope = await secrets.get(name);
        if (envelope === null) continue;
        const sealed = await sealer.open(name, envelope).catch(() => null);
        if (sealed === null) counts.unreadable++;
        else if (!(await sealer.isCurrent(envelope))) {
          const again = await sealer.seal(name, sealed.text, sealed.at);
          if (await secrets.replace(name, envelope, again)) counts.resealed++;
        }
      }
      return counts;
    },
  };
}

function isGood({ askedAt, askingSince }: Known, now: number): boolean {
  return now - askedAt < FRESH_MS || (askingSince !== null && now - askingSince < ASKING_MS);
}
