import { describe, expect, it } from 'vitest';
import { describeWithCorpus, exchanges } from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { objectsIn, parseObject } from '../../json.ts';
import { convertEmbeddings } from './convert-reply.ts';

const reply = (...embeddings: NonNullable<JsonObject['embedding']>[]): JsonObject => ({
  object: 'list',
  data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding, extra: true })),
  model: 'm',
  usage: { prompt_tokens: 1, total_tokens: 1 },
});

describe('case 58: the vectors of an answer', () => {
  it('are written as the client asked, everything else as it was', () => {
    const floats = reply([1, -2.5], [0.5]);
    const base64 = reply('AACAPwAAIMA=', 'AAAAPw==');
    expect(convertEmbeddings(floats, 'base64')).toEqual(base64);
    expect(convertEmbeddings(base64, 'float')).toEqual(floats);
    expect(convertEmbeddings(floats, 'float')).toEqual(floats);
    expect(convertEmbeddings(base64, 'base64')).toEqual(base64);
  });

  it('stay as they are where they are something else', () => {
    const odd = reply('no base64!', [1, null], { float: [1] }, 7);
    expect(convertEmbeddings(odd, 'base64')).toEqual(odd);
    expect(convertEmbeddings(odd, 'float')).toEqual(odd);
    for (const none of [{}, { data: null }, { error: { message: 'x' } }, { data: [null, 'x', {}] }]) {
      expect(convertEmbeddings(none, 'base64')).toEqual(none);
    }
  });
});

describeWithCorpus('recorded embeddings', () => {
  const answers = exchanges()
    .filter(
      ({ api, provider, response }) =>
        api === 'openai.embeddings' && provider !== 'perplexity' && response.status === 200,
    )
    .map(({ responseText }) => parseObject(responseText) ?? {});

  const vectors = (answer: JsonObject) => objectsIn(answer.data).map(({ embedding }) => embedding);

  it('come there and back', () => {
    expect(answers.length).toBeGreaterThan(20);
    for (const answer of answers) {
      const base64 = convertEmbeddings(answer, 'base64');
      const floats = convertEmbeddings(answer, 'float');
      expect(vectors(base64).every((vector) => typeof vector === 'string')).toBe(true);
      expect(vectors(floats).every((vector) => Array.isArray(vector) && vector.length >= 256)).toBe(true);
      expect(convertEmbeddings(convertEmbeddings(base64, 'float'), 'base64')).toEqual(base64);
    }
  });
});
