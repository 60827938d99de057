import { describe, expect, it } from 'vitest';
import { describeWithCorpus, exchanges } from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, objectsIn, parseObject, textOf } from '../../json.ts';
import { LossList } from '../hub/losses.ts';
import { readGeminiEmbeddings, writeGeminiEmbeddings } from './gemini.ts';

const MODEL = 'gemini-embedding-001';
const write = (fields: JsonObject, losses = new LossList({})) =>
  writeGeminiEmbeddings({ model: 'm', input: 'a', ...fields }, MODEL, losses);
const requestOf = (text: string, more: JsonObject = {}) => ({
  model: `models/${MODEL}`,
  content: { parts: [{ text }] },
  ...more,
});

describe('case 58: embeddings by Gemini', () => {
  it('are asked for text by text', () => {
    expect(write({ input: 'a' }).body).toEqual({ requests: [requestOf('a')] });
    expect(write({ input: ['a', 'b'], dimensions: 768 }).body).toEqual({
      requests: [
        requestOf('a', { outputDimensionality: 768 }),
        requestOf('b', { outputDimensionality: 768 }),
      ],
    });
  });

  it.each<[JsonObject, string]>([
    [{ input: [1, 2, 3] }, 'input'],
    [{ input: [[1, 2], [3]] }, 'input'],
    [{ input: ['a', 1] }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: null }, 'input'],
    [{ dimensions: 0 }, 'dimensions'],
    [{ dimensions: '768' }, 'dimensions'],
    [{ encoding_format: 'base64_int8' }, 'encoding_format'],
  ])('cannot be had of %j', (fields, param) => {
    expect(() => write(fields)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  it('name what cannot be asked', () => {
    const losses = new LossList({});
    write({ user: 'u', input_type: 'query', encoding_format: null, dimensions: null }, losses);
    expect(losses.omittedFields).toEqual(['user']);
    expect(losses.unsupportedFields.map(({ field }) => field)).toEqual(['input_type']);
  });

  const reply = { embeddings: [{ values: [1, -2.5] }, { values: [0.5, 0] }] };

  it('are answered as OpenAI does, with an estimate where Gemini does not count', () => {
    const asked = write({ input: ['12345678', '123'] });
    expect(readGeminiEmbeddings(reply, asked, 'm')).toEqual({
      body: {
        object: 'list',
        data: [
          { object: 'embedding', index: 0, embedding: [1, -2.5] },
          { object: 'embedding', index: 1, embedding: [0.5, 0] },
        ],
        model: 'm',
        usage: { prompt_tokens: 3, total_tokens: 3 },
      },
      usage: expect.objectContaining({ input: 3, output: 0, estimated: true }),
    });
  });

  it('are base64 for who asks so, and counted where Gemini counts', () => {
    const asked = write({ input: ['a', 'b'], encoding_format: 'base64' });
    const { body, usage } = readGeminiEmbeddings(
      { ...reply, usageMetadata: { promptTokenCount: 8 } },
      asked,
      'm',
    );
    expect(objectsIn(body.data).map(({ embedding }) => embedding)).toEqual(['AACAPwAAIMA=', 'AAAAPwAAAAA=']);
    expect(body.usage).toEqual({ prompt_tokens: 8, total_tokens: 8 });
    expect(usage).toMatchObject({ input: 8, estimated: false });
  });

  it.each([{}, { embeddings: [{ values: [1] }] }, { embeddings: 'x' }])('are not %j', (body) => {
    expect(() => readGeminiEmbeddings(body, write({ input: ['a', 'b'] }), 'm')).toThrow('one vector');
  });
});

describeWithCorpus('recorded embeddings of Gemini', () => {
  const texts = exchanges()
    .filter(({ api }) => api === 'gemini.embed')
    .map(({ requestText, responseText }) => ({
      asked: objectsIn(parseObject(requestText)?.requests),
      answer: parseObject(responseText) ?? {},
    }))
    .filter(({ asked }) =>
      asked.every(({ content }) => objectsIn(objectAt({ content }, 'content').parts).length === 1),
    );

  it('are asked for and answered in that form', () => {
    expect(texts.length).toBeGreaterThan(2);
    for (const { asked, answer } of texts) {
      const input = asked.map(({ content }) =>
        textOf(objectsIn(objectAt({ content }, 'content').parts)[0]?.text),
      );
      const model = textOf(asked[0]?.model).replace('models/', '');
      const dimensions = asked[0]?.outputDimensionality ?? null;
      const written = writeGeminiEmbeddings({ model, input, dimensions }, model, new LossList({}));
      expect(written.body).toEqual({ requests: asked });
      const { body } = readGeminiEmbeddings(answer, written, model);
      const vectors = objectsIn(body.data).map(({ embedding }) => embedding);
      expect(vectors).toEqual(objectsIn(answer.embeddings).map(({ values }) => values));
    }
  });
});
