import { describe, expect, it } from 'vitest';
import { REDACTION_KINDS } from '../domain/redaction.ts';
import { DETECTORS } from './detectors.ts';
import { findAll } from './find.ts';
import { ownDetector } from './own-patterns.ts';

const ALL = Object.values(DETECTORS);
const found = (text: string) =>
  findAll(text, ALL).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
/** Keys are put together here, so that no scanner takes a test for a leak. */
const key = (prefix: string, length: number) => prefix + 'a1B2c3D4'.repeat(20).slice(0, length);

describe('what is found', () => {
  const rows: readonly (readonly [kind: string, value: string])[] = [
    ['email', 'a.b+c@ex-ample.co.uk'],
    ['email', 'X_1%@mail.example.museum'],
    ['phone', '+49 (0)89 1234567'],
    ['phone', '+1-212-555-1234'],
    ['phone', '(212) 555-1234'],
    ['phone', '212.555.1234'],
    ['card', '4111 1111 1111 1111'],
    ['card', '378282246310005'],
    ['card', '5555-5555-5555-4444'],
    ['iban', 'DE89 3704 0044 0532 0130 00'],
    ['iban', 'GB82WEST12345698765432'],
    ['iban', 'NO9386011117947'],
    ['ssn', '123-45-6789'],
    ['ip', '192.168.10.255'],
    ['ip', '2001:db8::ff00:42:8329'],
    ['ip', '::1'],
    ['ip', '1:2:3:4:5:6:7:8'],
    ['api_key', key('sk-proj-', 40)],
    ['api_key', key('sk-ant-api03-', 60)],
    ['api_key', key('gsk_', 40)],
    ['api_key', key('ghp_', 36)],
    ['api_key', `AKIA${'ABCDEFGH12345678'}`],
    ['api_key', `${key('eyJ', 20)}.${key('eyJ', 20)}.${key('', 20)}`],
  ];
  it.each(rows)('%s: %s', (kind, value) => {
    for (const text of [value, `It is ${value}, yes.`, `(${value})`, `"${value}"`, `a\n${value}\nb`]) {
      expect(found(text)).toEqual([[kind, value]]);
    }
  });

  it('bearer tokens, without the word', () => {
    expect(found(`authorization: BEARER ${key('', 24)}==`)).toEqual([['bearer', `${key('', 24)}==`]]);
  });

  it('an IBAN, not the capitals behind it', () => {
    expect(found('DE89 3704 0044 0532 0130 00 IS MINE')).toEqual([['iban', 'DE89 3704 0044 0532 0130 00']]);
  });

  it('of two that overlap, one', () => {
    const text = `Bearer ${key('sk-proj-', 40)}`;
    expect(found(text)).toEqual([['api_key', key('sk-proj-', 40)]]);
  });
});

describe('what is none', () => {
  it.each([
    '4111 1111 1111 1112',
    '0000 0000 0000 0000',
    'DE88 3704 0044 0532 0130 00',
    'XX82WEST12345698765432',
    '000-12-3456',
    '123-00-4567',
    '1234-45-6789',
    '256.1.1.1',
    '1.2.3.4.5',
    '12:30:45',
    'std::vector',
    'a::b',
    '1:2:3:4:5:6:7:8:9',
    'user@localhost',
    '@handle',
    'sk-short',
    'v1.2.3',
    '2026-11-26T12:30:45',
    'Bearer short',
    '3.14159265358979323846',
    'order 12345678901234567890123',
  ])('%s', (text) => expect(found(text)).toEqual([]));
});

describe('the time it takes', () => {
  // A pattern that backtracks would take hours for these.
  const hostile = [
    'a',
    '1',
    '1 ',
    'a.',
    'a@b.',
    'bearer ',
    'DE89A',
    ':',
    'sk-',
    'eyJaaaaaaaaaaa.',
    '+1',
    '%',
    '(',
    '1-',
    'f:',
    '@',
  ];
  it.each(hostile)('is linear in runs of %j', (unit) => {
    const text = unit.repeat(Math.ceil(300_000 / unit.length));
    expect(findAll(text, ALL).length).toBeLessThanOrEqual(text.length);
  });

  it('is linear for patterns of operators too', () => {
    const detect = ownDetector('evil', '(a+)+$|(a|a)*b');
    expect([...detect(`${'a'.repeat(20_000)}c`)]).toEqual([]);
  });
});

describe('patterns of operators', () => {
  it('find what they match, and never nothing', () => {
    const text = 'EMP-123456, emp-1, EMP-654321';
    expect([...ownDetector('emp', String.raw`EMP-\d{6}`)(text)]).toEqual([
      { start: 0, end: 10, kind: 'emp' },
      { start: 19, end: 29, kind: 'emp' },
    ]);
    expect([...ownDetector('empty', 'x*')('aaa')]).toEqual([]);
  });

  it('are refused when RE2 does not take them', () => {
    expect(() => ownDetector('back', String.raw`(a)\1`)).toThrow();
    expect(() => ownDetector('torn', '(a')).toThrow();
  });
});

it('has a detector for every kind', () => expect(Object.keys(DETECTORS)).toEqual([...REDACTION_KINDS]));
