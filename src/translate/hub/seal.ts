import { parseObject, textOf } from '../../json.ts';
import type { ReasoningSeal } from './conversation.ts';

/**
 * A provider's seal inside a foreign dialect's own field for such things (`signature`, redacted `data`, `encrypted_content`):
 * it says whose it is, so that it goes back to none but its maker, byte for byte.
 */
const PREFIX = 'le1.';

/** What is packed already stays so: an answer that was translated may be read once more. */
export function packSeal(seal: ReasoningSeal): string {
  const { origin, provider, data, id } = seal;
  if (isPackedSeal(data)) return data;
  return PREFIX + toBase64Url(JSON.stringify({ o: origin, p: provider, d: data, i: id }));
}

export function isPackedSeal(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The seal in `text`; where the gateway did not pack it, `text` itself is taken for one of `rawOrigin`. */
export function unpackSeal(text: string, rawOrigin: ReasoningSeal['origin']): ReasoningSeal {
  const packed = isPackedSeal(text) ? parseObject(fromBase64Url(text.slice(PREFIX.length))) : null;
  const origin = ORIGINS.find((known) => known === packed?.o);
  if (packed === null || origin === undefined) return { origin: rawOrigin, provider: null, data: text };
  return {
    origin,
    provider: typeof packed.p === 'string' ? packed.p : null,
    data: textOf(packed.d),
    ...(typeof packed.i === 'string' ? { id: packed.i } : {}),
  };
}

/** True when `provider`, which speaks a dialect with seals of these origins, may be given the seal. */
export function isSealOf(
  seal: ReasoningSeal,
  provider: string,
  origins: readonly ReasoningSeal['origin'][],
): boolean {
  return origins.includes(seal.origin) && (seal.provider === null || seal.provider === provider);
}

const ORIGINS: readonly ReasoningSeal['origin'][] = ['anthropic', 'anthropic-redacted', 'openai', 'gemini'];

function toBase64Url(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}
