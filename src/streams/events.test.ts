import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventFramer } from './events.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function frame(text: string, size: number): { events: string[]; rest: string } {
  const framer = new EventFramer();
  const bytes = encoder.encode(text);
  const events: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of framer.push(bytes.subarray(at, at + size))) events.push(decoder.decode(event.bytes));
  }
  return { events, rest: decoder.decode(framer.rest()) };
}

describe('EventFramer', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const size of [1, 2, 3, 7, 64]) {
      it(`keeps events whole: line end ${JSON.stringify(end)}, chunks of ${size}`, () => {
        const one = `data: a${end}${end}`;
        const two = `event: x${end}data: b${end}${end}`;
        const { events, rest } = frame(`${one}${two}tail`, size);
        expect(events.join('')).toBe(one + two);
        expect(events).toHaveLength(2);
        expect(rest).toBe('tail');
      });
    }
  }

  it('never loses, adds or moves a byte', () => {
    const parts = fc.array(fc.constantFrom('data: x', '\n', '\r\n', '\r', '\n\n', '\r\n\r\n', ': c', 'é'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 9 }), (pieces, size) => {
        const text = pieces.join('');
        const { events, rest } = frame(text, size);
        expect(events.join('') + rest).toBe(text);
      }),
    );
  });

  it('passes an event on piecewise when it outgrows the bound, and says that it is a piece', () => {
    const framer = new EventFramer();
    const big = encoder.encode('x'.repeat(70_000));
    const [piece] = [...framer.push(big)].map(({ bytes, whole }) => ({ length: bytes.length, whole }));
    expect(piece).toEqual({ length: 70_000, whole: false });
    const after = [...framer.push(encoder.encode('y\n\ndata: b\n\n'))].map(({ bytes, whole }) => [
      decoder.decode(bytes),
      whole,
    ]);
    expect(after).toEqual([
      ['y\n\n', false],
      ['data: b\n\n', true],
    ]);
  });
});
