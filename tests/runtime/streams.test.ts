import { expect, it } from 'vitest';
import { CHAT, chatEvents, describeBlackBox, MESSAGES, RESPONSES } from '../support/black-box.ts';
import {
  cutAfter,
  hangAfter,
  hangBeforeHeaders,
  json,
  slowlyForever,
  sse,
  sseText,
} from '../support/fault-upstream.ts';
import { until, within } from '../support/wait.ts';

const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } };
const WORDS = ['Grüße', ' an', ' 😀', ' alle'];

const MESSAGE_EVENTS = [
  {
    event: 'message_start',
    data: { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 9, output_tokens: 1 } } },
  },
  { event: 'ping', data: { type: 'ping' } },
  {
    event: 'content_block_start',
    data: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  },
  {
    event: 'content_block_delta',
    data: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
  },
  { event: 'content_block_stop', data: { type: 'content_block_stop', index: 0 } },
  {
    event: 'message_delta',
    data: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
  },
  { event: 'message_stop', data: { type: 'message_stop' } },
];
const RESPONSE_EVENTS = [
  {
    event: 'response.created',
    data: { type: 'response.created', sequence_number: 0, response: { id: 'resp_stream01' } },
  },
  {
    event: 'response.output_text.delta',
    data: { type: 'response.output_text.delta', sequence_number: 1, delta: 'Hi' },
  },
  {
    event: 'response.completed',
    data: {
      type: 'response.completed',
      sequence_number: 2,
      response: { id: 'resp_stream01', usage: { input_tokens: 1, output_tokens: 1 } },
    },
  },
];

describeBlackBox('streams', (box) => {
  const encodings = [
    { chunkSize: 'whole' },
    { chunkSize: 1 },
    { chunkSize: 7 },
    { chunkSize: 3, crlf: true },
    { chunkSize: 'whole', crlf: true },
  ] as const;

  it.each(encodings)('pass byte for byte: %o', async (encoding) => {
    const events = [': keep-alive', ...chatEvents(WORDS), 'event: unknown\ndata: {"x":1}'];
    box.upstream.script(sse(events, encoding));
    const answer = await box.call('/v1/chat/completions', STREAM);
    expect(await answer.text()).toBe(sseText(events, encoding));
  });

  it('arrive as they are sent, not gathered up', async () => {
    box.upstream.script(hangAfter(chatEvents(WORDS).slice(0, 2)));
    const answer = await box.call('/v1/chat/completions', STREAM);
    const events = answer.events()[Symbol.asyncIterator]();
    const first = await within('the first event', events.next());
    const second = await within('the second event', events.next());
    expect([first.value.data, second.value.data].join()).toContain('Grüße');
    answer.abort();
  });

  const cuts = [
    { name: 'the connection breaks', how: 'destroy' },
    { name: 'the stream ends without its terminal event', how: 'clean' },
  ] as const;
  for (const { name, how } of cuts) {
    it(`chat: ${name} → an error object, no [DONE]`, async () => {
      box.upstream.script(cutAfter(chatEvents(WORDS).slice(0, 3), { how }));
      const { bytes } = await (await box.call('/v1/chat/completions', STREAM)).read();
      const last = bytes.toString().trim().split('\n\n').at(-1) ?? '';
      expect(JSON.parse(last.slice('data: '.length))).toMatchObject({
        error: {
          code: 'upstream_failed',
          type: 'upstream_error',
          message: expect.stringContaining('broke off in the middle of its answer'),
        },
      });
      expect(bytes.toString()).not.toContain('[DONE]');
    });

    it(`messages: ${name} → event: error`, async () => {
      box.upstream.script(cutAfter(MESSAGE_EVENTS.slice(0, 4), { how }));
      const answer = await box.call('/v1/messages', { ...MESSAGES, stream: true });
      const { bytes } = await answer.read();
      const last = bytes.toString().trim().split('\n\n').at(-1) ?? '';
      expect(last).toMatch(/^event: error\ndata: \{"type":"error","error":\{"type":"api_error"/);
    });

    it(`responses: ${name} → event: error with the next sequence number`, async () => {
      box.upstream.script(cutAfter(RESPONSE_EVENTS.slice(0, 2), { how }));
      const { bytes } = await (await box.call('/v1/responses', { ...RESPONSES, stream: true })).read();
      const last = bytes.toString().trim().split('\n\n').at(-1) ?? '';
      const [event, data = ''] = last.split('\n');
      expect(event).toBe('event: error');
      expect(JSON.parse(data.slice('data: '.length))).toMatchObject({
        type: 'error',
        code: 'upstream_failed',
        sequence_number: 2,
      });
    });
  }

  it('end a torn event before the error event', async () => {
    box.upstream.script(cutAfter(chatEvents(WORDS), { bytes: 200 }));
    const { bytes } = await (await box.call('/v1/chat/completions', STREAM)).read();
    expect(bytes.toString()).toMatch(/\n\ndata: \{"error":[^\n]*\n\n$/);
  });

  it('pass an error event of the upstream as it is, and add none of their own', async () => {
    const events = [
      MESSAGE_EVENTS[0]!,
      { event: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
    ];
    box.upstream.script(sse(events));
    const answer = await box.call('/v1/messages', { ...MESSAGES, stream: true });
    expect(await answer.text()).toBe(sseText(events));
  });

  it('survive malformed events', async () => {
    const events = [...chatEvents(WORDS).slice(0, 2), 'data: {"choices":[{', ...chatEvents(WORDS).slice(2)];
    box.upstream.script(sse(events));
    expect(await (await box.call('/v1/chat/completions', STREAM)).text()).toBe(sseText(events));
  });

  it('carry a stream that the upstream answered with JSON', async () => {
    box.upstream.script(json(400, { error: { message: 'no', type: 'invalid_request_error' } }));
    const answer = await box.call('/v1/chat/completions', STREAM);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { message: 'no' } });
  });

  it('hold the upstream back when the client does not read', async () => {
    box.upstream.script(slowlyForever(`data: ${'x'.repeat(16_384)}`));
    const answer = await box.call('/v1/chat/completions', STREAM);
    const call = box.upstream.journal.at(-1)!;
    const settled = await until(
      'the upstream stalls',
      async () => {
        const before = call.pushed;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return before > 0 && call.pushed === before ? before : null;
      },
      { deadlineMs: 10_000 },
    );
    // Sockets hold a few MiB between the two; without back-pressure it would be hundreds.
    expect(settled).toBeLessThan(48 * 1024 * 1024);
    answer.abort();
    await within('the upstream is told', call.aborted);
  });
});

describeBlackBox('clients that leave', (box) => {
  /** Milliseconds from the client's leaving to the upstream's hearing of it. */
  async function leave(
    path: string,
    body: object,
    begun: (events: AsyncIterable<unknown>) => Promise<void>,
  ): Promise<number> {
    const count = box.upstream.journal.length;
    const abort = new AbortController();
    // workerd takes a FIN for a half-close, as HTTP allows, until it writes; at the edge the proxy in front says it plainly.
    const answer = box.call(path, body, { signal: abort.signal, reset: box.runtime === 'workerd' });
    answer.catch(() => {});
    const call = await until('the upstream has the call', () => box.upstream.journal[count]);
    await begun({
      [Symbol.asyncIterator]: async function* () {
        yield* (await answer).events();
      },
    });
    const leftAt = performance.now();
    abort.abort();
    return (await within('the upstream is told', call.aborted)) - leftAt;
  }

  const first = async (events: AsyncIterable<unknown>) => {
    await within('the first event', events[Symbol.asyncIterator]().next());
  };

  it.each([
    ['/v1/chat/completions', STREAM],
    ['/v1/chat/completions', CHAT],
    ['/v1/messages', MESSAGES],
    ['/v1/messages', { ...MESSAGES, stream: true }],
    ['/v1/moderations', { input: 'x' }],
  ])('before the first byte of %s %o: the upstream stops within 100 ms', async (path, body) => {
    box.upstream.script(hangBeforeHeaders);
    expect(await leave(path, body, async () => {})).toBeLessThan(100);
  });

  it.each([
    ['/v1/chat/completions', STREAM],
    ['/v1/messages', { ...MESSAGES, stream: true }],
    ['/v1/responses', { ...RESPONSES, stream: true }],
  ])('in the middle of a stream of %s: the upstream stops within 100 ms', async (path, body) => {
    const events = { chat: chatEvents(WORDS).slice(0, 3), responses: RESPONSE_EVENTS.slice(0, 2) };
    const dialect = path.endsWith('responses') ? 'responses' : 'chat';
    box.upstream.script(hangAfter(path.endsWith('messages') ? MESSAGE_EVENTS.slice(0, 4) : events[dialect]));
    expect(await leave(path, body, first)).toBeLessThan(100);
  });

  it('are charged for what was generated', async () => {
    box.upstream.script(hangAfter(chatEvents(WORDS).slice(0, 4)));
    await leave('/v1/chat/completions', { ...STREAM, model: 'gpt-4.1' }, first);
    const line = await until('the log line', () =>
      lines(box.gateway.logs()).find((entry) => entry.model === 'gpt-4.1'),
    );
    expect(line).toMatchObject({ error: 'client_closed', usage_estimated: true });
    expect(Number(line.cost_usd)).toBeGreaterThan(0);
    expect(Number(line.output_tokens)).toBeGreaterThan(0);
  });
});

describeBlackBox(
  'deadlines',
  (box) => {
    it('first byte: a stream that does not begin is a 504', async () => {
      box.upstream.script(hangBeforeHeaders);
      const answer = await box.call('/v1/chat/completions', STREAM);
      expect(answer.status).toBe(504);
      expect(await answer.json()).toMatchObject({
        error: { code: 'upstream_timeout', message: expect.stringContaining('FIRST_BYTE_TIMEOUT_MS') },
      });
      await within('the upstream is told', box.upstream.journal.at(-1)!.aborted);
    });

    it('first byte: headers alone are no beginning', async () => {
      box.upstream.script(hangAfter([]));
      const { bytes } = await (await box.call('/v1/chat/completions', STREAM)).read();
      expect(bytes.toString()).toContain('"code":"upstream_timeout"');
    });

    it('idle: a stream that falls silent ends with the error event', async () => {
      box.upstream.script(hangAfter(MESSAGE_EVENTS.slice(0, 4)));
      const { bytes } = await (await box.call('/v1/messages', { ...MESSAGES, stream: true })).read();
      expect(bytes.toString()).toMatch(
        /event: error\ndata: \{"type":"error","error":\{"type":"timeout_error","message":"[^"]*IDLE_TIMEOUT_MS/,
      );
      await within('the upstream is told', box.upstream.journal.at(-1)!.aborted);
    });

    it('idle: a slow stream that keeps talking is let be', async () => {
      const events = chatEvents([...WORDS, ...WORDS]);
      box.upstream.script(sse(events, { delayMs: 100 }));
      expect(await (await box.call('/v1/chat/completions', STREAM)).text()).toBe(sseText(events));
    });

    it('total: x-llm-edge-timeout-ms shortens a call', async () => {
      box.upstream.script(hangBeforeHeaders);
      const answer = await box.call('/v1/chat/completions', CHAT, {
        headers: { 'x-llm-edge-timeout-ms': '150' },
      });
      expect(answer.status).toBe(504);
      expect(await answer.json()).toMatchObject({
        error: { message: expect.stringContaining('x-llm-edge-timeout-ms') },
      });
    });
  },
  () => ({ FIRST_BYTE_TIMEOUT_MS: '400', IDLE_TIMEOUT_MS: '400', REQUEST_TIMEOUT_MS: '5000' }),
);

function lines(log: string): Record<string, unknown>[] {
  return log.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}
