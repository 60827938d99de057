import type { JsonObject, JsonValue } from '../domain/call.ts';

/** A client chooses how deep its body nests, and the stack is not endless. No dialect needs a tenth of it. */
export const MAX_DEPTH = 200;

/**
 * The canonical JSON text of a value (RFC 8785): members sorted by the UTF-16 units of their names, no spaces,
 * numbers and strings as ECMAScript writes them. Null when it nests deeper than `MAX_DEPTH`.
 * @param isLeftOut names of members that are left out where the value itself is an object, not inside it
 */
export function canonicalJson(value: JsonValue, isLeftOut: (name: string) => boolean = none): string | null {
  return isTooDeep(value) ? null : textOf(value, isLeftOut);
}

const none = () => false;

/** Whether a value nests deeper than `MAX_DEPTH` objects and arrays. */
export function isTooDeep(value: JsonValue | undefined, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isTooDeep(item, levels - 1));
  for (const name in value) if (isTooDeep(value[name], levels - 1)) return true;
  return false;
}

function textOf(value: JsonValue, isLeftOut: (name: string) => boolean = none): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? listText(value) : objectText(value, isLeftOut);
}

function listText(list: readonly JsonValue[]): string {
  let text = '[';
  for (const item of list) text += text === '[' ? textOf(item) : `,${textOf(item)}`;
  return `${text}]`;
}

function objectText(object: JsonObject, isLeftOut: (name: string) => boolean): string {
  let text = '{';
  // Without a comparison of its own, `sort` compares UTF-16 units, as section 3.2.3 wants it.
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value === undefined || isLeftOut(name)) continue;
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${textOf(value)}`;
  }
  return `${text}}`;
}
