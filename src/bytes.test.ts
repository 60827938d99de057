import { describe, expect, it } from 'vitest';
import { asText } from './bytes.ts';

describe('asText', () => {
  it('is a text that is the same bytes when it is sent, whatever its letters', () => {
    const bytes = new TextEncoder().encode('{"a":"é 漢 😀 \u0000"}');
    const text = asText(bytes);
    expect(text).toBeTypeOf('string');
    expect(new TextEncoder().encode(text as string)).toEqual(bytes);
  });

  it('leaves alone what is no text, what begins with a byte order mark, and what is long', () => {
    const broken = Uint8Array.of(0x22, 0xff, 0x22);
    const marked = new TextEncoder().encode('\uFEFF{}');
    const long = new Uint8Array(20_000).fill(0x20);
    expect(asText(broken)).toBe(broken);
    expect(asText(marked)).toBe(marked);
    expect(asText(long)).toBe(long);
  });
});
