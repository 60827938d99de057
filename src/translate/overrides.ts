import type { Call, JsonObject } from '../domain/call.ts';
import { closingBrace, topLevelMembers } from './members.ts';

const encoder = new TextEncoder();

/** The call with fields of the operator's in place of the client's own. All else of its body stays as it was written. */
export function withOverrides(call: Call, overrides: JsonObject): Call {
  const names = Object.keys(overrides);
  if (names.length === 0) return call;
  const text = names.reduce(
    (body, name) => withMember(body, name, JSON.stringify(overrides[name])),
    call.body.text,
  );
  const json = { ...call.body.json, ...overrides };
  return { ...call, body: { json, text, bytes: encoder.encode(text) } };
}

/** Every member of that name: with duplicate keys some parsers take the first, others the last. */
function withMember(text: string, name: string, value: string): string {
  const members = [...topLevelMembers(text)].filter(({ key }) => key === name);
  if (members.length === 0) return withAdded(text, `${JSON.stringify(name)}:${value}`);
  return members.reduceRight((body, { start, end }) => body.slice(0, start) + value + body.slice(end), text);
}

function withAdded(text: string, member: string): string {
  const at = closingBrace(text);
  const comma = topLevelMembers(text).next().done === true ? '' : ',';
  return text.slice(0, at) + comma + member + text.slice(at);
}
