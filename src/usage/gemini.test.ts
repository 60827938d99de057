import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { geminiUsage } from './gemini.ts';

const NOTHING: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};

describe('case 53: usageMetadata of Gemini', () => {
  it.each<[string, JsonValue, Partial<Usage>]>([
    ['plain', { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 }, { input: 9, output: 3 }],
    ['only the prompt', { promptTokenCount: 9, totalTokenCount: 9 }, { input: 9 }],
    [
      'thoughts are beside the candidates',
      { promptTokenCount: 54, candidatesTokenCount: 15, thoughtsTokenCount: 54, totalTokenCount: 123 },
      { input: 54, output: 69, reasoning: 54 },
    ],
    [
      'the cached part is in the prompt',
      { promptTokenCount: 9622, candidatesTokenCount: 35, cachedContentTokenCount: 9609 },
      { input: 13, cacheRead: 9609, output: 35 },
    ],
    [
      'what tools fed back is beside the prompt',
      { promptTokenCount: 10, toolUsePromptTokenCount: 100, candidatesTokenCount: 5, totalTokenCount: 115 },
      { input: 110, output: 5 },
    ],
    ['more cached than there was', { promptTokenCount: 5, cachedContentTokenCount: 50 }, { cacheRead: 5 }],
    ['counts of the wrong type are none', { promptTokenCount: 5, candidatesTokenCount: '3' }, { input: 5 }],
  ])('%s', (_, told, expected) => expect(geminiUsage(told)).toEqual({ ...NOTHING, ...expected }));

  it.each([null, undefined, 'x', [], {}, { trafficType: 'ON_DEMAND' }, { promptTokenCount: '5' }])(
    'is not there: %j',
    (told) => expect(geminiUsage(told)).toBeNull(),
  );
});
