import { describe, expect, it } from 'vitest';
import type { Json } from '../support/corpus.ts';
import { cutAfter, json, type SseEvent, sse, status429 } from '../support/fault-upstream.ts';
import type { Upstream } from './dialect-gateway.ts';
import type { Answer } from './encode/answer.ts';
import { ERROR_EVENT, REFUSAL, refusalFor } from './failures.ts';
import { encoderFor, heard, TOLD } from './heard.ts';
import { ASKS, CLIENTS, PAIRS } from './pairs.ts';
import { eventsIn, startWireBox } from './wire-box.ts';

const ANSWER: Answer = { blocks: [{ text: ['Hel', 'lo'] }], finish: 'stop' };

/** The events of each provider that come before its text is over. */
const BEFORE_THE_END: Readonly<Record<Upstream, number>> = { chat: 3, responses: 6, messages: 4, gemini: 2 };

function begun(upstream: Upstream): SseEvent[] {
  return TOLD[upstream].stream(ANSWER).slice(0, BEFORE_THE_END[upstream]);
}

describe('failures', () => {
  const box = startWireBox('node');

  describe.each(PAIRS)('%s → %s', (client, upstream) => {
    const streamed = { client, upstream, body: { ...ASKS[client], stream: true } };
    const whole = { client, upstream, body: ASKS[client] };

    it.each([400, 404, 413, 429])('case 54: passes a %i on in the words of the client', async (status) => {
      const told = await box.ask({
        ...whole,
        reply: json(status, REFUSAL[upstream](status, 'No, not this.')),
      });
      expect(told.status).toBe(status);
      expect(JSON.parse(told.text)).toEqual(refusalFor(client, status, 'No, not this.'));
    });

    it('case 55: says how long to wait', async () => {
      const told = await box.ask({ ...whole, reply: status429('7') });
      expect([told.status, told.headers['retry-after']]).toEqual([429, '7']);
    });

    it('case 54: names a conversation that is too long as the client knows it', async () => {
      const said =
        upstream === 'messages'
          ? 'prompt is too long: 210000 tokens > 200000 maximum'
          : "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.";
      const body = REFUSAL[upstream](400, said);
      if (upstream !== 'messages' && upstream !== 'gemini')
        (body.error as Json).code = 'context_length_exceeded';
      if (upstream === 'gemini')
        (body.error as Json).message =
          'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).';
      const told = await box.ask({ ...whole, reply: json(400, body) });
      const { error } = JSON.parse(told.text) as { error: Json };
      if (client === 'messages') expect(error.message).toMatch(/^prompt is too long/);
      else expect(error.code).toBe('context_length_exceeded');
    });

    it('cases 12, 13: tells an error that comes in a stream, and then nothing', async () => {
      const told = await box.ask({ ...streamed, reply: sse([...begun(upstream), ERROR_EVENT[upstream]]) });
      expectBroken(client, await eventsIn(told.text), 'Overloaded');
    });

    it('case 13: tells an error that is all there is', async () => {
      const told = await box.ask({ ...streamed, reply: sse([ERROR_EVENT[upstream]]) });
      expectBroken(client, await eventsIn(told.text), 'Overloaded');
    });

    it.each(['clean', 'destroy'] as const)('case 12: tells a stream that broke off (%s)', async (how) => {
      const told = await box.ask({ ...streamed, reply: cutAfter(begun(upstream), { how }) });
      const events = await eventsIn(told.text);
      expectBroken(client, events, '');
      expect(told.text).toContain('Hel');
    });

    it('case 15: passes over an event that nobody can read', async () => {
      const [first = '', ...others] = TOLD[upstream].stream(ANSWER);
      const reply = sse([
        first,
        'data: {"torn',
        ': a comment',
        'event: new.kind\ndata: {"type":"new.kind"}',
        ...others,
      ]);
      const told = await box.ask({ ...streamed, reply });
      const { length } = encoderFor(client, upstream).stream(heard(ANSWER, upstream));
      expect(await eventsIn(told.text)).toHaveLength(length);
    });

    it('gives a stream to who asked for one, of an answer that came whole', async () => {
      const told = await box.ask({ ...streamed, reply: json(200, TOLD[upstream].whole(ANSWER)) });
      expect(told.headers['content-type']).toMatch(/^text\/event-stream/);
      const joined: Answer = { ...ANSWER, blocks: [{ text: ['Hello'] }] };
      const { length } = encoderFor(client, upstream).stream(heard(joined, upstream));
      expect(await eventsIn(told.text)).toHaveLength(length);
    });
  });
});

describe.each(CLIENTS)('Gemini’s own failures, told to %s', (client) => {
  const box = startWireBox('node');
  const asking = { client, upstream: 'gemini', body: ASKS[client] } as const;
  const image = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } };
  const drawn = (...parts: Json[]): Json => ({
    ...TOLD.gemini.whole(ANSWER),
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }],
  });
  const WHERE = /holds an image \(image\/png\).*\/proxy\/gem\//;

  it('an image in the answer is no answer, and nobody is told to pay for it again', async () => {
    const told = await box.ask({ ...asking, reply: json(200, drawn({ text: 'Here:' }, image)) });
    expect([told.status, told.headers['x-should-retry']]).toEqual([501, 'false']);
    expect(JSON.parse(told.text)).toMatchObject({ error: { message: expect.stringMatching(WHERE) } });
  });

  it('an image in a stream ends it', async () => {
    const reply = sse([{ data: drawn({ text: 'Here:' }) }, { data: drawn(image) }]);
    const told = await box.ask({ ...asking, body: { ...ASKS[client], stream: true }, reply });
    expectBroken(client, await eventsIn(told.text), 'holds an image (image/png)');
  });

  it('case 55: how long to wait stands in the body', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '47.3s' }];
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.', details };
    const told = await box.ask({ ...asking, reply: json(429, { error }) });
    expect([told.status, told.headers['retry-after']]).toEqual([429, '48']);
    const headers = { 'retry-after': '7' };
    const both = await box.ask({ ...asking, reply: json(429, { error }, headers) });
    expect(both.headers['retry-after']).toBe('7');
  });
});

/** One error at the end, in the words of the client, and no end as if all were said. */
function expectBroken(
  client: string,
  events: readonly { event?: string; data: unknown }[],
  message: string,
): void {
  const last = events.at(-1)?.data as Json;
  const types = events.map(({ data }) => (data as Json).type ?? data);
  if (client === 'chat') {
    expect(last).toMatchObject({ error: { message: expect.stringContaining(message) } });
    expect(types).not.toContain('[DONE]');
    return;
  }
  const ends = types.filter((type) => ENDS.test(String(type)));
  // OpenAI tells a failed response twice, and so do we.
  expect(ends).toEqual(client === 'messages' ? ['error'] : ['error', 'response.failed']);
  const error = client === 'messages' ? last.error : (last.response as Json).error;
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
}

const ENDS = /^(?:error|message_stop|response\.(?:completed|incomplete|failed))$/;
