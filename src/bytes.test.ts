import { describe, expect, it } from 'vitest';
import { asText } from './bytes.ts';

describe('asText', () => {
  it('is a text that is the same bytes when it is sent, with a byte order mark and any letter', () => {
    const bytes = new TextEncoder().encode('\uFEFF{"a":"é 漢 😀 \u0000"}');
    const text = asText(bytes);
    expect(text).toBeTypeOf('string');
    expect(new TextEncoder().encode(text as string)).toEqual(bytes);
  });

  it('leaves alone what is no text, and what is long', () => {
    const broken = Uint8Array.of(0x22, 0xff, 0x22);
    const long = new Uint8Array(20_000).fill(0x20);
    expect(asText(broken)).toBe(broken);
    expect(asText(long)).toBe(long);
  });
});
