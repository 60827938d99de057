import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { AnswerReader } from './answer-reader.ts';
import { citationsOf } from './citations.ts';
import { readContext } from './testing.ts';

const TEXT = 'Größe: 5 m. 🙂 Alt: 9.';
const web = (uri: string, title: string) => ({ web: { uri, title } });
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('case 35: the sources of a search', () => {
  it('are cited where they support the text, whose bytes Google counts', () => {
    const groundingMetadata = {
      groundingChunks: [
        web('https://a.example', 'a.example'),
        { maps: { uri: 'https://b.example', title: 'B' } },
        {},
      ],
      groundingSupports: [
        {
          segment: { endIndex: bytes('Größe: 5 m.'), text: 'Größe: 5 m.' },
          groundingChunkIndices: [0, 1, 2, 9, 'x'],
        },
        {
          segment: { startIndex: bytes('Größe: 5 m. 🙂 '), endIndex: bytes(TEXT), text: 'Alt: 9.' },
          groundingChunkIndices: [1],
        },
      ],
    };
    const b = { kind: 'url', url: 'https://b.example', title: 'B' };
    expect(citationsOf({ groundingMetadata }, TEXT)).toEqual([
      { kind: 'url', url: 'https://a.example', title: 'a.example', start: 0, end: 11 },
      { ...b, start: 0, end: 11 },
      { ...b, start: 15, end: 22 },
    ]);
  });

  it('are found by their words where the counts belong to another part', () => {
    const cite = (segment: JsonObject) =>
      citationsOf(
        {
          groundingMetadata: {
            groundingChunks: [web('https://a.example', 'A')],
            groundingSupports: [{ segment, groundingChunkIndices: [0] }],
          },
        },
        TEXT,
      );
    const a = { kind: 'url', url: 'https://a.example', title: 'A' };
    expect(cite({ startIndex: 99, endIndex: 120, text: 'Alt: 9.' })).toEqual([{ ...a, start: 15, end: 22 }]);
    expect(cite({ startIndex: 0, endIndex: 3, text: 'elsewhere' })).toEqual([a]);
    expect(cite({})).toEqual([a]);
  });

  it('are named without a place where nothing says what they support', () => {
    const groundingMetadata = { groundingChunks: [web('https://a.example', 'A')], webSearchQueries: ['a'] };
    expect(citationsOf({ groundingMetadata }, TEXT)).toEqual([
      { kind: 'url', url: 'https://a.example', title: 'A' },
    ]);
  });

  it('and of a recitation, each once', () => {
    const source = { startIndex: 0, endIndex: 4, uri: 'https://a.example' };
    const citationMetadata = { citations: [source, {}, source, { uri: 'https://b.example', title: 'B' }] };
    expect(citationsOf({ citationMetadata }, 'Some text')).toEqual([
      { kind: 'url', url: 'https://a.example', title: '', start: 0, end: 4 },
      { kind: 'url', url: 'https://b.example', title: 'B' },
    ]);
  });

  it('come in the text’s block though they are told with the last chunk', () => {
    const reader = new AnswerReader(readContext());
    const groundingMetadata = {
      groundingChunks: [web('https://a.example', 'A')],
      groundingSupports: [{ segment: { endIndex: 3, text: 'One' }, groundingChunkIndices: [0] }],
    };
    const parts = [
      ...reader.read({ candidates: [{ content: { parts: [{ text: 'One' }] } }] }),
      ...reader.read({
        candidates: [
          {
            content: { parts: [{ text: '', thoughtSignature: 'S' }] },
            finishReason: 'STOP',
            groundingMetadata,
          },
        ],
      }),
      ...reader.end(),
    ];
    expect(parts.slice(3, 5)).toEqual([
      {
        type: 'citation',
        index: 0,
        citation: { kind: 'url', url: 'https://a.example', title: 'A', start: 0, end: 3 },
      },
      { type: 'block_end', index: 0 },
    ]);
  });
});
