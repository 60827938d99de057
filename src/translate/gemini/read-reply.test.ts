import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { UncarriedAnswer } from '../hub/reply.ts';
import { readReply } from './read-reply.ts';
import { readContext } from './testing.ts';

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
const answer = (candidate: JsonObject): JsonObject => ({
  candidates: [candidate],
  usageMetadata,
  modelVersion: 'gemini-2.5-pro',
  responseId: 'Ab-1',
});

describe('a whole answer', () => {
  it('with an image is an error that tells what it cost, since no client’s dialect has a place for one', () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };
    const whole = answer({
      content: { parts: [{ text: 'Here:' }, image], role: 'model' },
      finishReason: 'STOP',
    });
    const thrown = thrownBy(() => readReply(whole, readContext()));
    expect(thrown).toBeInstanceOf(UncarriedAnswer);
    expect(thrown).toMatchObject({
      message: expect.stringMatching(/an image \(image\/png\).*\/proxy\/google\//),
      usage: { input: 10, output: 5 },
    });
  });

  it('is read like a stream of one chunk', () => {
    const parts = [
      { text: 'Hm.', thought: true },
      { text: 'Let me see.' },
      { functionCall: { name: 'add', args: { a: 1 } }, thoughtSignature: 'S' },
    ];
    const reply = readReply(
      answer({ content: { parts, role: 'model' }, finishReason: 'STOP' }),
      readContext(),
    );
    expect(reply).toEqual({
      id: 'Ab-1',
      model: 'gemini-2.5-pro',
      content: [
        { type: 'reasoning', text: 'Hm.', seal: null, at: '' },
        { type: 'text', text: 'Let me see.', at: '' },
        { type: 'reasoning', text: '', seal: { origin: 'gemini', provider: 'google', data: 'S' }, at: '' },
        { type: 'tool_call', id: 'call_Ab-1_1', name: 'add', arguments: '{"a":1}', kind: 'function', at: '' },
      ],
      finish: { reason: 'tool_calls', stopSequence: null },
      usage: {
        input: 10,
        cacheRead: 0,
        cacheWrite: 0,
        cacheWrite1h: 0,
        output: 5,
        reasoning: 0,
        estimated: false,
      },
    });
  });

  it('may be empty', () => {
    const reply = readReply(answer({ finishReason: 'MAX_TOKENS' }), readContext());
    expect(reply).toMatchObject({ content: [], finish: { reason: 'length' } });
    expect(readReply(answer({}), readContext()).finish.reason).toBe('other');
  });

  it('case 52: of a refused prompt is a filter’s doing', () => {
    const reply = readReply({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata }, readContext());
    expect(reply).toMatchObject({ content: [], finish: { reason: 'content_filter' }, usage: { input: 10 } });
  });

  it.each([{}, { candidates: [] }, { error: 'x' }])('is not %j', (body) => {
    expect(() => readReply(body, readContext())).toThrow('no candidates');
  });

  it('case 46: tells its probabilities as Chat does', () => {
    const logprobsResult = {
      topCandidates: [{ candidates: [{ token: 'ö', tokenId: 1, logProbability: -0.1 }] }, {}],
      chosenCandidates: [{ token: 'ö', tokenId: 1, logProbability: -0.1 }, { token: '!' }],
    };
    const reply = readReply(answer({ finishReason: 'STOP', logprobsResult }), readContext());
    const token = { token: 'ö', logprob: -0.1, bytes: [195, 182] };
    expect(reply.logprobs).toEqual({
      content: [
        { ...token, top_logprobs: [token] },
        { token: '!', logprob: 0, bytes: [33], top_logprobs: [] },
      ],
      refusal: null,
    });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}
