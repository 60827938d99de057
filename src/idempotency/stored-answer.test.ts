import { describe, expect, it } from 'vitest';
import { readAnswer, type StoredAnswer, writeAnswer } from './stored-answer.ts';

const ANSWER: StoredAnswer = {
  fingerprint: 'f',
  status: 200,
  headers: { 'content-type': 'application/json', 'x-llm-edge-model': 'm' },
  body: new TextEncoder().encode('{"id":"caf\u00e9"}'),
};

/** A record as `writeAnswer` makes them, of whatever it says about the answer. */
function recordOf(meta: string, body = ANSWER.body, version = 1): Uint8Array {
  const json = new TextEncoder().encode(meta);
  const bytes = new Uint8Array(5 + json.length + body.length);
  bytes[0] = version;
  new DataView(bytes.buffer).setUint32(1, json.length);
  bytes.set(json, 5);
  bytes.set(body, 5 + json.length);
  return bytes;
}

const META = { fingerprint: 'f', status: 200, headers: {}, bytes: ANSWER.body.length };
const metaWith = (over: object) => JSON.stringify({ ...META, ...over });

describe('a stored answer', () => {
  it('is read as it was written, wherever in a buffer it lies', () => {
    const bytes = writeAnswer(ANSWER);
    const amid = new Uint8Array(bytes.length + 14).fill(9);
    amid.set(bytes, 7);
    expect(readAnswer(amid.subarray(7, 7 + bytes.length))).toEqual(ANSWER);
    expect(readAnswer(writeAnswer({ ...ANSWER, body: new Uint8Array() }))?.body).toHaveLength(0);
    expect(readAnswer(recordOf(metaWith({})))).toMatchObject({ fingerprint: 'f', status: 200 });
  });

  it('is none when it was cut short anywhere', () => {
    const bytes = writeAnswer(ANSWER);
    for (let end = 0; end < bytes.length; end++)
      expect([end, readAnswer(bytes.slice(0, end))]).toEqual([end, null]);
  });

  it.each([
    ['of another version', recordOf(metaWith({}), ANSWER.body, 2)],
    ['whose head leads past its end', Uint8Array.of(1, 255, 255, 255, 255, 123, 125)],
    ['that is no JSON', recordOf('{"fingerprint":')],
    ['that is another value', recordOf('[]')],
    ['without headers', recordOf(metaWith({ headers: null }))],
    ['with a header that is no text', recordOf(metaWith({ headers: { 'content-type': 7 } }))],
    ['without a fingerprint', recordOf(metaWith({ fingerprint: undefined }))],
    ['with a status that no answer has', recordOf(metaWith({ status: 2_000 }))],
    ['with a status that is not kept', recordOf(metaWith({ status: 500 }))],
    ['with half a status', recordOf(metaWith({ status: 200.5 }))],
    ['with more behind it', recordOf(metaWith({}), new Uint8Array(ANSWER.body.length + 1))],
  ])('is none when it is something %s', (_, bytes) => {
    expect(readAnswer(bytes)).toBeNull();
  });

  it('is none when a byte of what it says about the answer is no text any more', () => {
    const bytes = writeAnswer(ANSWER);
    bytes[bytes.indexOf(0x6d, 5)] = 0xff;
    expect(readAnswer(bytes)).toBeNull();
  });
});
