import type { EncryptionKey } from '../config/config.ts';
import { fromBase64Url, toBase64Url } from './base64-url.ts';

/** Seals texts so that whoever reads the store learns nothing, and whoever writes it can neither make nor move one. */
export interface Sealer {
  seal(name: string, text: string, at: number): Promise<string>;
  /** @throws SealFault */
  open(name: string, envelope: string): Promise<Sealed>;
  /** Whether the envelope is of the key that seals now. */
  isCurrent(envelope: string): Promise<boolean>;
}

export interface Sealed {
  readonly text: string;
  /** When it was sealed, in milliseconds since the epoch. */
  readonly at: number;
}

/** `unknown_key`: no key that is configured sealed it. `broken`: it is no envelope, not of this name, or was changed. */
export class SealFault extends Error {
  readonly kind: 'unknown_key' | 'broken';
  constructor(kind: SealFault['kind']) {
    super(
      kind === 'unknown_key' ? 'sealed with a key that ENCRYPTION_KEY does not hold' : 'not what was sealed',
    );
    this.name = 'SealFault';
    this.kind = kind;
  }
}

interface Loaded {
  /** What the envelope names it by: told by the key itself, so that no list of names can be wrong. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** `v1.KEY.AT.IV.SEALED`: AES-256-GCM, a nonce of 96 random bits, the rest base64url. */
const VERSION = 'v1';
const IV_BYTES = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function createSealer(secrets: readonly [EncryptionKey, ...EncryptionKey[]]): Sealer {
  let loading: Promise<readonly Loaded[]> | null = null;
  const keys = () => {
    loading ??= Promise.all(secrets.map(({ secret }) => load(secret)));
    return loading;
  };

  async function keyOf(id: string): Promise<CryptoKey> {
    const loaded = (await keys()).find((one) => one.id === id);
    if (loaded === undefined) throw new SealFault('unknown_key');
    return loaded.key;
  }

  return {
    async seal(name, text, at) {
      const [first] = await keys();
      if (first === undefined) throw new SealFault('unknown_key');
      const head = `${VERSION}.${first.id}.${at}`;
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const params = { name: 'AES-GCM', iv, additionalData: boundTo(head, name) };
      const sealed = await crypto.subtle.encrypt(params, first.key, encoder.encode(text));
      return `${head}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`;
    },
    async open(name, envelope) {
      const { head, id, at, iv, sealed } = parse(envelope);
      const key = await keyOf(id);
      try {
        const params = { name: 'AES-GCM', iv, additionalData: boundTo(head, name) };
        return { text: decoder.decode(await crypto.subtle.decrypt(params, key, sealed)), at };
      } catch {
        throw new SealFault('broken');
      }
    },
    async isCurrent(envelope) {
      return (await keys())[0]?.id === parse(envelope).id;
    },
  };
}

/** What has to be the same when it is opened, beside what is sealed: so an envelope is good for one name alone. */
function boundTo(head: string, name: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${head}.${name}`);
}

function parse(envelope: string) {
  const [version, id = '', at = '', iv = '', sealed = '', ...more] = envelope.split('.');
  const bytes = [fromBase64Url(iv), fromBase64Url(sealed)] as const;
  const isShaped = version === VERSION && /^\d{1,15}$/.test(at) && more.length === 0;
  if (!isShaped || bytes[0] === null || bytes[1] === null) throw new SealFault('broken');
  return { head: `${version}.${id}.${at}`, id, at: Number(at), iv: bytes[0], sealed: bytes[1] };
}

/**
 * Keys of their own for sealing and for telling the secret (HKDF, RFC 5869), whatever else it may be used for some day. The
 * secret is taken as the text that it is, since it is long enough to be random: no format of it can be mistaken.
 */
async function load(secret: string): Promise<Loaded> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveKey',
    'deriveBits',
  ]);
  const purpose = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: encoder.encode('llm-edge-agent'),
    info: encoder.encode(info),
  });
  const aes = { name: 'AES-GCM', length: 256 };
  const [key, id] = await Promise.all([
    crypto.subtle.deriveKey(purpose('credentials'), material, aes, false, ['encrypt', 'decrypt']),
    crypto.subtle.deriveBits(purpose('key id'), material, 64),
  ]);
  return { id: toBase64Url(new Uint8Array(id)), key };
}
