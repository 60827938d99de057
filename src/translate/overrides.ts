import type { Call, JsonObject } from '../domain/call.ts';
import { closingBrace, topLevelMembers } from './members.ts';
import { applyEdits, type Edit } from './text-edits.ts';

const encoder = new TextEncoder();

/** The call with fields set in place of the client's; all else of its body stays byte for byte. */
export function withOverrides(call: Call, overrides: JsonObject): Call {
  const names = Object.keys(overrides);
  if (names.length === 0) return call;
  const text = applyEdits(call.body.text, editsFor(call.body.text, overrides, names));
  const json = { ...call.body.json, ...overrides };
  return { ...call, body: { text, json, bytes: encoder.encode(text) } };
}

/** A field that is there twice is set twice: some parsers take the first, others the last. */
function editsFor(text: string, overrides: JsonObject, names: readonly string[]): Edit[] {
  const members = [...topLevelMembers(text)].filter(({ key }) => Object.hasOwn(overrides, key));
  const there = new Set(members.map(({ key }) => key));
  const replaced = members.map(({ key, start, end }) => ({
    start,
    end,
    text: JSON.stringify(overrides[key]),
  }));
  const added = names.filter((name) => !there.has(name));
  if (added.length === 0) return replaced;
  const at = closingBrace(text);
  const fields = added.map((name) => `,${JSON.stringify(name)}:${JSON.stringify(overrides[name])}`);
  return [...replaced, { start: at, end: at, text: fields.join('') }];
}
