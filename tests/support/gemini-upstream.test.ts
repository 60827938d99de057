import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GeminiPart, NO_SIGNATURE } from './gemini-rules.ts';
import { type GeminiUpstream, startGeminiUpstream } from './gemini-upstream.ts';

const KEY = 'a-key-of-google';
const MODEL = 'gemini-3-pro-preview';
const tools = [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }];
const asked = { role: 'user', parts: [{ text: 'Please look' }] };
const looked = { functionResponse: { id: 'call-1', name: 'look', response: { output: 'a cat' } } };

describe('startGeminiUpstream', () => {
  let upstream: GeminiUpstream | undefined;
  beforeAll(async () => {
    upstream = await startGeminiUpstream(KEY);
  });
  afterAll(() => upstream?.close());

  async function tell(body: object, { key = KEY, model = MODEL } = {}) {
    const headers = { 'x-goog-api-key': key };
    const url = `${upstream?.url}/models/${model}:generateContent`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    const { candidates, error } = JSON.parse(await answer.text());
    const parts: GeminiPart[] = candidates?.[0].content.parts ?? [];
    return { status: answer.status, message: error?.message, parts };
  }

  it('plays a loop with those that give back its call as it was', async () => {
    const { parts } = await tell({ contents: [asked], tools });
    expect(parts).toMatchObject([{ functionCall: { name: 'look', args: {} } }]);
    const id = parts[0]?.functionCall?.id;
    const response = { functionResponse: { ...looked.functionResponse, id } };
    const contents = [asked, { role: 'model', parts }, { role: 'user', parts: [response] }];
    expect((await tell({ contents, tools })).parts).toMatchObject([{ text: 'The tool answered: a cat' }]);
  });

  const call = (more: object) => ({ functionCall: { id: 'call-1', name: 'look', args: {} }, ...more });
  const turns = (...parts: object[][]) => [
    asked,
    ...parts.map((said, i) => ({ role: i % 2 ? 'user' : 'model', parts: said })),
  ];

  it.each([
    ['two turns of one side', { contents: [asked, asked], tools }, 'alternate'],
    ['no question', { contents: turns([{ text: 'Hi' }]), tools }, 'last turn'],
    ['a call without its signature', { contents: turns([call({})], [looked]), tools }, 'thought_signature'],
    [
      'a call with another signature',
      { contents: turns([call({ thoughtSignature: 'c2ln' })], [looked]), tools },
      'thought_signature',
    ],
    [
      'a call without a response',
      { contents: turns([call({ thoughtSignature: NO_SIGNATURE })], [{ text: 'And?' }]), tools },
      'function response',
    ],
    [
      'a call of nothing',
      { contents: turns([call({ thoughtSignature: NO_SIGNATURE })], [looked]) },
      'declared',
    ],
    ['an unknown field', { contents: [asked], tool_choice: 'auto' }, 'tool_choice'],
  ])('refuses %s', async (_, body, message) => {
    expect(await tell(body)).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  it('refuses a wrong key as Google does, and fails as told', async () => {
    expect(await tell({ contents: [asked] }, { key: 'wrong' })).toMatchObject({ status: 400 });
    expect(await tell({ contents: [asked] }, { model: 'fail-429' })).toMatchObject({ status: 429 });
  });
});
