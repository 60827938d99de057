import { mapStrings } from './json-strings.ts';
import type { Vault } from './vault.ts';

/** Sealed by a signature: it goes back to the provider as it came. */
const SEALED = /(?:^|\.)thinking$/;

/** A JSON text with the values in the places of their placeholders; all else stays byte for byte. */
export function restoreJson(text: string, vault: Vault): string {
  if (!text.includes('[')) return text;
  return mapStrings(text, (value, { path }) =>
    SEALED.test(path) ? null : vault.restore(value, isJsonItself(path)),
  );
}

/** Arguments of tools are told as the text of a JSON object. */
function isJsonItself(path: string): boolean {
  return path.endsWith('arguments') || path.endsWith('partial_json');
}
