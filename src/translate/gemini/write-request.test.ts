import { describe, expect, it } from 'vitest';
import type { SystemMessage } from '../hub/conversation.ts';
import { assistant, user, write } from './testing.ts';

const system = (origin: SystemMessage['origin'], text: string, at = 'messages[0]'): SystemMessage => ({
  role: 'system',
  origin,
  content: [{ type: 'text', text, at: `${at}.content` }],
  at,
});
const hi = user({ type: 'text', text: 'Hi', at: 'messages[1].content' });

describe('instructions', () => {
  it('case 28: all stand at the top in their order, wherever they were and whatever their role', () => {
    const { body, omitted } = write({
      messages: [
        system('top', 'A'),
        hi,
        system('developer', 'B', 'messages[2]'),
        user({ type: 'text', text: 'there', at: '' }),
        system('system', '', 'messages[4]'),
      ],
    });
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'A' }, { text: 'B' }] });
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'Hi' }, { text: 'there' }] }]);
    expect(omitted).toEqual(['messages[2].role']);
  });

  it('are the prompt where there is nothing else, since Gemini wants one', () => {
    const { body } = write({ messages: [system('system', 'Greet me.')] });
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Greet me.' }] }] });
  });
});

describe('messages', () => {
  it('case 30: turns alternate, and empty texts are left out', () => {
    const { body } = write({
      messages: [
        hi,
        assistant({ type: 'text', text: '', at: '' }),
        user({ type: 'text', text: ' ', at: '' }, { type: 'text', text: '', at: '' }),
        assistant({ type: 'text', text: 'One', at: '' }),
        assistant({ type: 'refusal', text: 'No.', at: '' }),
        user({ type: 'text', text: 'Two', at: '' }),
      ],
    });
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'Hi' }, { text: ' ' }] },
      { role: 'model', parts: [{ text: 'One' }, { text: 'No.' }] },
      { role: 'user', parts: [{ text: 'Two' }] },
    ]);
  });

  it('name what no answer depends on: speakers, cache marks, an old answer’s citations', () => {
    const { omitted } = write({
      messages: [
        {
          role: 'user',
          name: 'Ann',
          content: [{ type: 'text', text: 'Hi', at: 'a', cache: { ttl: '5m' } }],
          at: 'm',
        },
        assistant({
          type: 'text',
          text: 'x',
          at: 'b',
          citations: [{ kind: 'url', url: 'https://x.example', title: '' }],
        }),
      ],
      userId: 'u',
    });
    expect(omitted).toEqual(['user', 'm.name', 'a.cache_control', 'b.citations']);
  });
});

describe('what cannot be said', () => {
  it('takes its message along where nothing else is in it, by name', () => {
    const { body, unsupported, omitted } = write({
      messages: [
        { role: 'user', at: 'm0', content: [{ type: 'text', text: 'Hi', at: 'm0' }] },
        {
          role: 'assistant',
          at: 'm1',
          content: [{ type: 'reasoning', text: 'Hm.', seal: null, at: 'm1[0]' }],
        },
        {
          role: 'user',
          at: 'm2',
          content: [{ type: 'image', source: { kind: 'file', id: 'file_1' }, at: 'm2[0]' }],
        },
        { role: 'user', at: 'm3', content: [{ type: 'text', text: '', at: 'm3' }] },
      ],
    });
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'Hi' }] }]);
    expect(Object.keys(unsupported)).toEqual(['m2[0]']);
    expect(omitted).toEqual(['m1[0]', 'm1', 'm2']);
  });

  it('case 42: names hints for a cache wherever they stand', () => {
    const cache = { ttl: '5m' } as const;
    const { omitted } = write({
      cache,
      tools: [{ kind: 'function', name: 'f', schema: null, strict: null, at: 'tools[0]', cache }],
      messages: [
        assistant({ type: 'tool_call', id: 'a', name: 'f', arguments: '{}', kind: 'function', at: 'call' }),
        user({
          type: 'tool_result',
          callId: 'a',
          content: [{ type: 'text', text: '1', at: 'inner', cache }],
          isError: false,
          kind: 'function',
          at: 'result',
        }),
      ],
    });
    expect(omitted).toEqual(['cache_control', 'tools[0].cache_control', 'inner.cache_control']);
  });
});

describe('settings', () => {
  it('case 44: are passed on as they are', () => {
    const { body, unsupported, omitted } = write({
      temperature: 1.7,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stop: ['a', 'b'],
      seed: 7,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
    });
    expect(body.generationConfig).toEqual({
      temperature: 1.7,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['a', 'b'],
      seed: 7,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
    });
    expect({ unsupported, omitted }).toEqual({ unsupported: {}, omitted: [] });
  });

  it('that nobody said are not there', () => {
    expect(write().body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  });

  it('case 45: more than five stop sequences are refused', () => {
    const { body, unsupported } = write({ stop: ['1', '2', '3', '4', '5', '6'] });
    expect(body.generationConfig).toEqual({ stopSequences: ['1', '2', '3', '4', '5'] });
    expect(unsupported).toEqual({ stop: 'it takes no more than 5' });
  });

  it('case 46: several answers, a bias and one call at a time have no counterpart', () => {
    const { body, unsupported } = write({ choices: 2, logitBias: { '1': 1 }, parallelToolCalls: false });
    expect(Object.keys(unsupported).toSorted()).toEqual(['logit_bias', 'n', 'parallel_tool_calls']);
    expect(body.generationConfig).toBeUndefined();
  });

  it('case 46: probabilities are asked for, but not in a stream', () => {
    expect(write({ topLogprobs: 3 }).body.generationConfig).toEqual({ responseLogprobs: true, logprobs: 3 });
    expect(write({ topLogprobs: 0 }).body.generationConfig).toEqual({ responseLogprobs: true });
    const { body, unsupported } = write({ topLogprobs: 3, stream: true });
    expect(body.generationConfig).toBeUndefined();
    expect(unsupported).toEqual({ top_logprobs: 'they cannot be told in a stream' });
  });

  it('case 48: JSON of any form', () => {
    expect(write({ responseFormat: { type: 'json_object' } }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    });
  });

  it('case 48: JSON of a schema, with what is not enforced named', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^x' } }, required: ['a'] };
    const { body, omitted } = write({
      responseFormat: { type: 'json_schema', name: 'answer', schema, strict: true },
    });
    expect(body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    });
    expect(omitted).toEqual(['response_format.pattern']);
  });

  it('that only another dialect has are refused by their own name', () => {
    expect(Object.keys(write({ others: { prediction: {} } }).unsupported)).toEqual(['prediction']);
  });
});
