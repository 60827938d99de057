import { describe, expect, it } from 'vitest';
import { readDirectives } from './directives.ts';

const read = (headers: Record<string, string> = {}) => readDirectives(new Headers(headers));
const control = (value: string) => read({ 'cache-control': value });

const NONE = {
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeMs: null,
  ttlMs: null,
  namespace: null,
};

describe('Cache-Control', () => {
  it('is not needed', () => expect(read()).toEqual(NONE));

  it.each([
    ['no-cache', { noCache: true }],
    ['no-store', { noStore: true }],
    ['only-if-cached', { onlyIfCached: true }],
    ['max-age=60', { maxAgeMs: 60_000 }],
    ['max-age=0', { maxAgeMs: 0 }],
    ['max-age="60"', { maxAgeMs: 60_000 }],
    ['No-Cache,NO-STORE', { noCache: true, noStore: true }],
    [' max-age = 5 , , only-if-cached', { maxAgeMs: 5_000, onlyIfCached: true }],
    ['max-age=60, max-age=30', { maxAgeMs: 30_000 }],
    ['max-age=99999999999999999999', { maxAgeMs: 2 ** 31 * 1000 }],
    ['no-store=1', { noStore: true }],
    ['no-cache, what=ever, "odd', { noCache: true }],
  ] as const)('%s', (value, expected) => expect(control(value)).toEqual({ ...NONE, ...expected }));

  it.each([
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=1e3',
    'max-age=x',
    'no-cachex',
    '=',
    ';',
  ])('does not mind %s', (value) => expect(control(value)).toEqual(NONE));
});

describe('x-llm-edge-cache-ttl', () => {
  const ttl = (value: string) => read({ 'x-llm-edge-cache-ttl': value });

  it('is in seconds, up to 30 days', () => {
    expect(ttl('60').ttlMs).toBe(60_000);
    expect(ttl('2592000').ttlMs).toBe(2_592_000_000);
  });

  it('of 0 keeps nothing', () => expect(ttl('0')).toMatchObject({ ttlMs: 0, noStore: true }));

  it.each(['', '-1', '1.5', '1e3', '2592001', '60s', '99999999999', 'Infinity'])('refuses "%s"', (value) => {
    expect(() => ttl(value)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'x-llm-edge-cache-ttl' }),
    );
  });
});

describe('x-llm-edge-cache-namespace', () => {
  const namespace = (value: string) => read({ 'x-llm-edge-cache-namespace': value });

  it('is a name', () => {
    expect(namespace('team-a:v1.2_x').namespace).toBe('team-a:v1.2_x');
    expect(namespace('x'.repeat(64)).namespace).toHaveLength(64);
  });

  it.each(['', 'a b', 'a/b', '{x}', 'é', 'x'.repeat(65)])('refuses "%s"', (value) => {
    expect(() => namespace(value)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'x-llm-edge-cache-namespace' }),
    );
  });
});
