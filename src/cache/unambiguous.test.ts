import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../domain/call.ts';
import { isUnambiguous } from './unambiguous.ts';

const check = (text: string) => isUnambiguous(text, JSON.parse(text) as JsonObject);

describe('a body that all parsers read alike', () => {
  it.each([
    ['as it is written by most', '{"model":"m","messages":[{"role":"user","content":"a"}]}'],
    ['with spaces and escapes', '{ "a" : "\\u00e9\\/", "b" : [ ] ,\n"c":{} }'],
    ['with equal names in different objects', '{ "a":{"x":1}, "b":{"x":1}, "x":[{"x":1},{"x":2}] }'],
    ['with text that looks like members', '{ "a":"\\"a\\":1,\\"a\\":2", "b":"a", "c":["a","a"] }'],
    ['with backslashes before a quote', '{ "a\\\\":1, "a\\\\\\"":2, "b":"\\\\" }'],
    [
      'with numbers in all forms',
      '{"a":1e3,"b":-0.5E-7,"c":9007199254740991,"d":0.1234567890123456789,"e":-1 }',
    ],
    ['with long digits in a text', '{"a":"12345678901234567890"}'],
    ['with names that differ in case', '{ "a":1, "A":2 }'],
  ])('%s', (_, text) => expect(check(text)).toBe(true));
});

describe('a body that may be read in two ways', () => {
  it.each([
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice with the same value', '{"a":1,"a":1}'],
    ['deep inside', '{"a":[{"b":{"c":1,"d":[],"c":2}}]}'],
    ['written in two ways', '{"model":"a","mod\\u0065l":"b"}'],
    ['after an object', '{"a":{},"b":[1,2],"a":3}'],
    ['hidden by a number that gets longer', '{"a":1,"a":1,"b":1e20}'],
    ['hidden by a number to the character', `{"a":1,"a":1,"b":[${'1e3,1e3,1e3,1e3,1e3,1e3'}]}`],
    ['an integer past 2^53', '{"seed":9007199254740993}'],
    ['a negative one', '{"seed":-90071992547409930}'],
    ['a number past all', '{"a":1e400}'],
  ])('%s', (_, text) => expect(check(text)).toBe(false));

  it('is found in whatever form the rest is written', () => {
    const spaces = fc.constantFrom(undefined, 1, 2, '\t');
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), spaces, (value, second, space) => {
        const rest = JSON.stringify(value, null, space);
        // JavaScript writes its largest numbers as integers that not all languages read alike.
        fc.pre(!/\d{16}/.test(rest));
        expect(check(`{"a":${rest},"b":1}`)).toBe(true);
        expect(check(`{"a":${rest},"a":${JSON.stringify(second)}}`)).toBe(false);
        expect(check(`{"z":[{"\\u0061":1,"b":${rest},"a":1e9}]}`)).toBe(false);
      }),
    );
  });

  it('is found in good time in ten megabytes', () => {
    const started = performance.now();
    expect(check(`{"a": "${'\\\\'.repeat(2_500_000)}", "b": "${'\\"'.repeat(2_500_000)}", "a": 1}`)).toBe(
      false,
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
