import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../domain/call.ts';
import { canonicalJson, MAX_DEPTH } from './canonical.ts';

const parse = (text: string) => JSON.parse(text) as JsonValue;
const nested = (levels: number) => parse('['.repeat(levels) + ']'.repeat(levels));

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.2', () => {
    const value = parse(
      '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],' +
        '"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 units, as in section 3.2.3', () => {
    const value = parse(
      '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7,"10":8,"2":9}',
    );
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"10":8,"2":9,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('keeps a member that is called like a part of every object', () => {
    expect(canonicalJson(parse('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
  });

  it('keeps unicode forms of the same letter apart', () => {
    expect(canonicalJson('é')).not.toBe(canonicalJson('e\u0301'));
  });

  it('gives up where a body nests deeper than any dialect needs', () => {
    expect(canonicalJson(nested(MAX_DEPTH))).toHaveLength(2 * MAX_DEPTH);
    expect(canonicalJson(nested(MAX_DEPTH + 1))).toBeNull();
    expect(canonicalJson(nested(100_000))).toBeNull();
    expect(canonicalJson(parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`))).toBeNull();
  });

  it('says the same, whatever the order of the members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = parse(JSON.stringify(value));
        const text = canonicalJson(json);
        expect(parse(text ?? '')).toEqual(json);
        expect(canonicalJson(reversed(json))).toBe(text);
        expect(text).toHaveLength(JSON.stringify(json).length);
      }),
    );
  });
});

function reversed(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([name, member]) => [name, reversed(member ?? null)]));
}
