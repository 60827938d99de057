import { describe, expect, it } from 'vitest';
import { LineScanner } from './lines.ts';

const encoder = new TextEncoder();

function scan(text: string, size: number): string[] {
  const lines: string[] = [];
  const scanner = new LineScanner((line) => lines.push(line));
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += size) scanner.feed(bytes.subarray(at, at + size));
  scanner.flush();
  return lines;
}

describe('LineScanner', () => {
  const cases: [name: string, text: string, lines: string[]][] = [
    ['LF', 'data: a\n\ndata: b\n\n', ['data: a', '', 'data: b', '']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data: a', '', 'data: b', '']],
    ['lone CR', 'data: a\r\rdata: b\r\r', ['data: a', '', 'data: b', '']],
    ['mixed', 'a\r\nb\rc\n', ['a', 'b', 'c']],
    ['no line end at the end', 'data: [DONE]', ['data: [DONE]']],
    ['UTF-8 of one to four bytes', 'data: aé€😀\n', ['data: aé€😀']],
    ['a comment', ': keep-alive\n\n', [': keep-alive', '']],
  ];
  for (const [name, text, lines] of cases) {
    for (const size of [1, 2, 3, 7, 64]) {
      it(`${name}, in chunks of ${size}`, () => expect(scan(text, size)).toEqual(lines));
    }
  }

  it('does not keep a line without end in memory, and reads on after it', () => {
    const lines: string[] = [];
    const scanner = new LineScanner((line) => lines.push(line));
    const mebibyte = encoder.encode('x'.repeat(1 << 20));
    for (let i = 0; i < 20; i++) scanner.feed(mebibyte);
    scanner.feed(encoder.encode('\ndata: next\n'));
    expect(lines).toEqual(['data: next']);
  });

  it('knows whether an event written now would start clean', () => {
    const scanner = new LineScanner(() => {});
    expect(scanner.betweenEvents).toBe(true);
    scanner.feed(encoder.encode('data: a'));
    expect(scanner.betweenEvents).toBe(false);
    scanner.feed(encoder.encode('\n'));
    expect(scanner.betweenEvents).toBe(false);
    scanner.feed(encoder.encode('\n'));
    expect(scanner.betweenEvents).toBe(true);
  });
});
