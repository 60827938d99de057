import { describe, expect, it } from 'vitest';
import { geminiEmbeddingsPath, geminiPath } from './path.ts';

describe('the path of a call', () => {
  it.each([
    ['gemini-2.5-flash', false, '/gemini-2.5-flash:generateContent'],
    ['gemini-2.5-flash', true, '/gemini-2.5-flash:streamGenerateContent?alt=sse'],
    ['models/gemini-3-pro-preview', false, '/gemini-3-pro-preview:generateContent'],
    ['text@001', false, '/text%40001:generateContent'],
  ])('of %s, streamed: %s', (model, stream, path) => expect(geminiPath(model, stream)).toBe(path));

  it('of embeddings', () => {
    expect(geminiEmbeddingsPath('models/gemini-embedding-001')).toBe(
      '/gemini-embedding-001:batchEmbedContents',
    );
  });

  it.each([
    '',
    '..',
    '.',
    '../../v1/projects',
    'models/../x',
    'a/b',
    'a\\b',
    'a%2fb',
    'a:deleteModel',
    'a?key=1',
    'a#b',
    'a b',
    'a\nb',
    'models/',
    'models/models/a',
  ])('refuses the model %j', (model) => {
    expect(() => geminiPath(model, false)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'model' }),
    );
  });
});
