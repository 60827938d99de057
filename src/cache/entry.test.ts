import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBytes } from '../bytes.ts';
import type { Entry } from '../domain/cache-entry.ts';
import { chunkLengths } from './chunks.ts';
import { decodeEntry, encodeEntry } from './entry.ts';

const encoder = new TextEncoder();

const json: Entry = {
  storedAt: 1_767_225_600_000,
  ttlMs: 300_000,
  tookMs: 812.5,
  dialect: 'openai-chat',
  kind: 'json',
  contentType: 'application/json',
  provider: 'openai',
  model: 'gpt-4o-mini',
  usage: {
    input: 9,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 12,
    reasoning: 3,
    estimated: false,
  },
  cost: 8550,
  tags: ['team=a', 'é'],
  dropped: 'user',
  chunks: [],
  body: '{"choices":[]}',
};

const stream: Entry = {
  ...json,
  kind: 'event-stream',
  contentType: 'text/event-stream; charset=utf-8',
  usage: null,
  cost: null,
  tags: [],
  dropped: '',
  chunks: [9, 14],
  body: encoder.encode('data: 1\n\ndata: [DONE]\n\n'),
};

describe('an entry', () => {
  it.each([
    ['of JSON', json],
    ['of a stream', stream],
    ['without a body', { ...json, body: '' }],
    ['of bytes that are no text', { ...json, body: Uint8Array.of(0x7b, 0xff, 0x7d) }],
    ['of more than is kept as text', { ...json, body: new Uint8Array(20_000).fill(0x20) }],
  ])('%s comes back as it was', (_, entry) => expect(decodeEntry(encodeEntry(entry))).toEqual(entry));

  it('comes back from a part of a larger buffer', () => {
    const bytes = encodeEntry(stream);
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 5);
    expect(decodeEntry(larger.subarray(5, 5 + bytes.length))).toEqual(stream);
  });
});

describe('what is no entry is none', () => {
  const bytes = encodeEntry(stream);

  it('when it was cut short or has something behind it', () => {
    for (let end = 0; end < bytes.length; end++) expect(decodeEntry(bytes.slice(0, end))).toBeNull();
    expect(decodeEntry(joinBytes([bytes, new Uint8Array(1)]))).toBeNull();
  });

  it('when it is of another version', () => {
    const other = bytes.slice();
    other[3] = 2;
    expect(decodeEntry(other)).toBeNull();
  });

  it.each([
    ['storedAt', '1'],
    ['storedAt', -1],
    ['ttlMs', null],
    ['tookMs', undefined],
    ['dialect', 'toString'],
    ['kind', 'text'],
    ['contentType', 3],
    ['provider', null],
    ['model', {}],
    ['usage', {}],
    ['usage', undefined],
    ['usage', { ...json.usage, output: -1 }],
    ['cost', 'free'],
    ['tags', 'a'],
    ['tags', [1]],
    ['dropped', 1],
    ['chunks', [1]],
    ['chunks', [24, -1]],
    ['chunks', null],
  ])('when its %s is %j', (name, value) => {
    expect(decodeEntry(encodeEntry({ ...stream, [name]: value } as Entry))).toBeNull();
  });

  it('when it has chunks and is JSON', () => {
    expect(decodeEntry(encodeEntry({ ...json, chunks: [json.body.length] }))).toBeNull();
  });

  it('whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(decodeEntry(noise)).toBeNull();
        expect(decodeEntry(joinBytes([bytes.slice(0, 8), noise]))).toBeNull();
        expect(decodeEntry(joinBytes([bytes.slice(0, 4), noise]))).toBeNull();
      }),
    );
  });

  it('is never another entry for one flipped byte before the body, or is one that still fits', () => {
    const bodyAt = bytes.length - stream.body.length;
    fc.assert(
      fc.property(fc.nat(bodyAt - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const other = bytes.slice();
        other[at] = (other[at] ?? 0) ^ flip;
        const entry = decodeEntry(other);
        if (entry !== null) expect(entry.body).toEqual(stream.body);
      }),
    );
  });
});

describe('the lengths of chunks', () => {
  it('are kept as they are while there are not too many', () => {
    const chunks = [1, 5, 2].map((length) => new Uint8Array(length));
    expect(chunkLengths(chunks)).toEqual([1, 5, 2]);
    expect(chunkLengths([])).toEqual([]);
  });

  it('are coarsened otherwise', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 20 }), (lengths, max) => {
        const chunks = lengths.map((length) => new Uint8Array(length));
        const coarse = chunkLengths(chunks, max);
        expect(coarse.length).toBeLessThanOrEqual(max);
        expect(coarse.reduce((a, b) => a + b, 0)).toBe(joinBytes(chunks).length);
      }),
    );
  });
});
