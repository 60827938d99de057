import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { embeddingsEdits } from './edit-request.ts';
import type { EmbeddingEncoding } from './encoding.ts';

type Encodings = readonly EmbeddingEncoding[];

function edited(text: string, encodings?: Encodings) {
  const json = JSON.parse(text) as JsonObject;
  const { edits, convertTo } = embeddingsEdits({ text, json }, encodings);
  const sent = edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: put }) => all.slice(0, start) + put + all.slice(end), text);
  expect(() => JSON.parse(sent)).not.toThrow();
  return { sent, convertTo };
}

describe('case 58: encoding_format', () => {
  it.each([
    ['{"model":"m","input":"a","encoding_format":null}', '{"model":"m","input":"a"}'],
    ['{"model":"m", "encoding_format" : null , "input":"a"}', '{"model":"m" , "input":"a"}'],
    ['{ "encoding_format": null, "model":"m"}', '{ "model":"m"}'],
    ['{"encoding_format":null}', '{}'],
    [
      '{"encoding_format":"base64","encoding_format":null,"model":"m"}',
      '{"encoding_format":"float","encoding_format":"float","model":"m"}',
    ],
  ])('null is taken out, and nothing else: %s', (text, sent) => {
    expect(edited(text)).toEqual({ sent, convertTo: null });
    expect(edited(text, ['float'])).toEqual({ sent, convertTo: null });
  });

  const asking = (encoding: string) =>
    `{"model":"m","x": 1.0,"encoding_format": "${encoding}","input":["a"]}`;

  it.each<[string, Encodings | undefined, string, EmbeddingEncoding | null]>([
    ['base64', undefined, 'base64', null],
    ['base64', ['float', 'base64'], 'base64', null],
    ['base64', ['float'], 'float', 'base64'],
    ['float', ['base64'], 'base64', 'float'],
    ['float', ['float'], 'float', null],
    ['base64_int8', ['float'], 'base64_int8', null],
    ['base64', [], 'base64', null],
  ])('%s of a provider that knows %j is asked as %s', (asked, encodings, sent, convertTo) => {
    expect(edited(asking(asked), encodings)).toEqual({ sent: asking(sent), convertTo });
  });

  it('nothing said is float, which has to be asked of who knows only base64', () => {
    const text = '{"model":"m","input":"a"}';
    expect(edited(text)).toEqual({ sent: text, convertTo: null });
    expect(edited(text, ['float'])).toEqual({ sent: text, convertTo: null });
    expect(edited(text, ['base64'])).toEqual({
      sent: '{"encoding_format":"base64","model":"m","input":"a"}',
      convertTo: 'float',
    });
    expect(edited('{"encoding_format":null,"model":"m"}', ['base64'])).toEqual({
      sent: '{"encoding_format":"base64","model":"m"}',
      convertTo: 'float',
    });
  });
});
