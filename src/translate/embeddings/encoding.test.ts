import { describe, expect, it } from 'vitest';
import { base64ToFloats, floatsToBase64 } from './encoding.ts';

describe('case 58: base64 of little-endian floats', () => {
  it('is what OpenAI sends', () => {
    expect(floatsToBase64([1, -2.5, 0])).toBe('AACAPwAAIMAAAAAA');
    expect(base64ToFloats('AACAPwAAIMAAAAAA')).toEqual([1, -2.5, 0]);
  });

  it('keeps 32 bits of each number, however many there are', () => {
    const values = Array.from({ length: 4096 }, (_, i) => Math.sin(i) / 7);
    expect(base64ToFloats(floatsToBase64(values))).toEqual(values.map(Math.fround));
  });

  it('may be empty', () => {
    expect(floatsToBase64([])).toBe('');
    expect(base64ToFloats('')).toEqual([]);
  });

  it.each(['not base64!', 'AACA'])('is not %j', (text) => expect(base64ToFloats(text)).toBeNull());
});
