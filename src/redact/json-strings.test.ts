import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonStrings, mapStrings } from './json-strings.ts';

const paths = (text: string) =>
  [...jsonStrings(text)].map(({ start, end, path }) => [path, JSON.parse(text.slice(start, end))]);

describe('the strings of a JSON text', () => {
  it('are its values with their places, not its names', () => {
    const text = '{"a":"1","b":[1,"2",{"c":null,"d":"3"}],"e":{"f":true,"g":["4"]},"h":12,"i":"5"}';
    expect(paths(text)).toEqual([
      ['a', '1'],
      ['b.*', '2'],
      ['b.*.d', '3'],
      ['e.g.*', '4'],
      ['i', '5'],
    ]);
  });

  it('are read whatever is in them', () => {
    expect(paths('{"a\\"}":"{\\"b\\":1}","c":"\\\\","d" : [ ] , "e":"\\u0041"}')).toEqual([
      ['a"}', '{"b":1}'],
      ['c', '\\'],
      ['e', 'A'],
    ]);
  });

  it('are found at any depth', () => {
    const depth = 20_000;
    const text = `{"a":${'['.repeat(depth)}"x"${']'.repeat(depth)}}`;
    expect([...jsonStrings(text)]).toHaveLength(1);
  });
});

describe('mapStrings', () => {
  it('leaves all else byte for byte', () => {
    const text = '{ "n": 1.0e+2, "big":12345678901234567890, "s":"\\u00e9", "t" : "x" }';
    expect(mapStrings(text, () => null)).toBe(text);
    expect(mapStrings(text, (_, { path }) => (path === 't' ? 'a"b' : null))).toBe(
      '{ "n": 1.0e+2, "big":12345678901234567890, "s":"\\u00e9", "t" : "a\\"b" }',
    );
  });

  it('changes every string of any value, and nothing but strings', () => {
    const up = (value: unknown): unknown => {
      if (typeof value === 'string') return `${value}!`;
      if (Array.isArray(value)) return value.map(up);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, up(inner)]));
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);
        expect(JSON.parse(mapStrings(text, (value) => `${value}!`))).toEqual(up(JSON.parse(text)));
      }),
    );
  });
});
