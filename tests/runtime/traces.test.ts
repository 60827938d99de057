import { afterAll, expect, it } from 'vitest';
import type { ReadSpan } from '../contract/telemetry.ts';
import {
  type BlackBox,
  CHAT,
  CHAT_REPLY,
  chatEvents,
  describeBlackBox,
  KEY,
  SECRETS,
  USAGE_EVENT,
} from '../support/black-box.ts';
import { cutAfter, hangAfter, json, sse } from '../support/fault-upstream.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { until } from '../support/wait.ts';

const receiver = await startOtlpReceiver();
afterAll(receiver.close);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const PROMPT = 'the planted prompt 8723';
const ANSWER = 'the planted answer 9911';
const EVENTS = [...chatEvents([ANSWER, ' more']).slice(0, -1), USAGE_EVENT, 'data: [DONE]'];
let count = 0;
const body = (more: object = {}) => ({
  ...CHAT,
  messages: [{ role: 'user', content: `${PROMPT} ${++count}` }],
  ...more,
});

/** The spans of a request, once they have come. */
async function spansOf(requestId: string | string[] | undefined): Promise<ReadSpan[]> {
  return until(
    `the spans of ${String(requestId)}`,
    () => {
      const root = receiver.spans.find(({ attributes }) => attributes['llm_edge.request_id'] === requestId);
      const found = receiver.spans.filter(
        ({ spanId, parentSpanId }) => root !== undefined && [spanId, parentSpanId].includes(root.spanId),
      );
      return found.length > 0 ? found : null;
    },
    { deadlineMs: 15_000 },
  );
}

async function ask(box: BlackBox, payload: object, headers: Record<string, string> = {}) {
  const answer = await box.call('/v1/chat/completions', payload, { headers });
  const text = await answer.text().catch(() => '');
  return { answer, text, id: answer.headers['x-request-id'] };
}

const FILE = `
providers:
  first: { base_url: "\${UPSTREAM}/first", api_key: sk-upstream-first-secret }
  second: { base_url: "\${UPSTREAM}/second", api_key: sk-upstream-second-secret }
routes:
  two: [first/m1, second/m2]
  renewed: { targets: [first/m1], cache: { mode: all, stale_while_revalidate_seconds: 600 } }
`;

describeBlackBox(
  'traces',
  (box) => {
    it('goes on with the trace of the caller, and hands it to the provider', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const { id } = await ask(box, body({ temperature: 0.5, max_tokens: 9 }), {
        traceparent: `00-${TRACE}-${CALLER}-01`,
      });
      const [root, ...others] = await spansOf(id);
      expect(root).toMatchObject({
        traceId: TRACE,
        parentSpanId: CALLER,
        name: 'POST /v1/chat/completions',
        kind: 'server',
        error: null,
        attributes: {
          'http.response.status_code': 200,
          'http.route': '/v1/chat/completions',
          'llm_edge.tenant': 'test',
          'llm_edge.attempts': 1,
        },
      });
      const chat = others.find(({ kind }) => kind === 'client');
      expect(chat).toMatchObject({
        parentSpanId: root?.spanId,
        name: 'chat gpt-4o-mini',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o-mini',
          'gen_ai.request.temperature': 0.5,
          'gen_ai.request.max_tokens': 9,
          'gen_ai.response.id': 'chatcmpl-1',
          'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 100,
          'llm_edge.cost_usd': '0.00021',
          'server.address': '127.0.0.1',
          'http.response.status_code': 200,
        },
      });
      expect(box.upstream.journal.at(-1)?.headers.traceparent).toBe(`00-${TRACE}-${chat?.spanId}-01`);
    });

    it('has streams to their end, also at the edge', async () => {
      box.upstream.script(sse(EVENTS));
      const { id } = await ask(box, body({ stream: true, stream_options: { include_usage: true } }));
      const spans = await spansOf(id);
      const chat = spans.find(({ kind }) => kind === 'client');
      expect(chat?.attributes).toMatchObject({
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'c',
        'gen_ai.response.model': 'm',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.output_tokens': 5,
      });
      expect(chat?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
      expect(chat?.endedAt).toBeGreaterThanOrEqual(chat?.startedAt ?? Number.POSITIVE_INFINITY);
    });

    it.each([true, false])('knows an answer that was translated, streamed %s', async (stream) => {
      box.upstream.script(stream ? sse(EVENTS) : json(200, CHAT_REPLY));
      const answer = await box.call('/v1/messages', body({ stream, max_tokens: 9, model: 'first/m1' }));
      await answer.text();
      const spans = await spansOf(answer.headers['x-request-id']);
      expect(spans.find(({ kind }) => kind === 'client')?.attributes).toMatchObject({
        'gen_ai.response.id': stream ? 'c' : 'chatcmpl-1',
        'gen_ai.response.model': stream ? 'm' : 'gpt-4o-mini-2024-07-18',
        'gen_ai.response.finish_reasons': ['stop'],
      });
    });

    it('has a span for each attempt, and says what failed', async () => {
      box.upstream.script((context) =>
        (context.request.path.startsWith('/second/') ? json(200, CHAT_REPLY) : json(500, {}))(context),
      );
      const { id, answer } = await ask(box, body({ model: 'two' }));
      expect(answer.status).toBe(200);
      const clients = (await spansOf(id)).filter(({ kind }) => kind === 'client');
      expect(clients.at(-1)).toMatchObject({ name: 'chat m2', error: null });
      expect(clients[0]).toMatchObject({ name: 'chat m1', error: 'provider_error' });
      expect(new Set(clients.map(({ spanId }) => spanId)).size).toBe(clients.length);
    });

    it('has calls that broke and calls that were given up', async () => {
      box.upstream.script(cutAfter(EVENTS.slice(0, 2)));
      const cut = await ask(box, body({ stream: true }));
      const broken = (await spansOf(cut.id)).find(({ kind }) => kind === 'client');
      expect(broken?.error).toBe('network');
      expect(broken?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
      box.upstream.script(hangAfter(EVENTS.slice(0, 2)));
      const leave = new AbortController();
      const options = { signal: leave.signal, reset: box.runtime === 'workerd' };
      const left = await box.call('/v1/chat/completions', body({ stream: true }), options);
      leave.abort();
      const spans = await spansOf(left.headers['x-request-id']);
      expect(spans.find(({ kind }) => kind === 'client')?.error).toBe('client_closed');
    });

    it('has refusals of the gateway itself', async () => {
      const answer = await box.call('/v1/chat/completions', '{', {});
      await answer.text();
      const [root] = await spansOf(answer.headers['x-request-id']);
      expect(root?.attributes).toMatchObject({
        'http.response.status_code': 400,
        'error.type': 'invalid_json',
      });
    });

    it('names the trace in the log, and shows no secret and no content anywhere', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const { id } = await ask(box, body(), { traceparent: `00-${TRACE}-${CALLER}-00` });
      await until('it is logged', () => box.gateway.logs().includes(String(id)));
      expect(box.gateway.logs()).toContain(`"trace_id":"${TRACE}"`);
      const all = receiver.texts.join('\n') + box.gateway.logs();
      for (const secret of [...Object.values(SECRETS), KEY, PROMPT, ANSWER, 'first-secret'])
        expect(all).not.toContain(secret);
    });

    it('has the renewal of an answer below the request that found it old', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const asked = body({ model: 'renewed' });
      const brief = { 'x-llm-edge-cache-ttl': '1' };
      await ask(box, asked, brief);
      const stale = await until('the answer is stale', async () => {
        const told = await ask(box, asked, brief);
        return told.answer.headers['x-llm-edge-cache'] === 'stale' && told;
      });
      const renewal = await until(
        'the span of the renewal',
        async () => (await spansOf(stale.id)).find(({ name }) => name === 'cache renewal'),
        { deadlineMs: 15_000 },
      );
      expect(renewal).toMatchObject({ kind: 'internal', error: null });
      const call = await until('the span of its call', () =>
        receiver.spans.find(({ parentSpanId }) => parentSpanId === renewal.spanId),
      );
      expect(call).toMatchObject({ kind: 'client', name: 'chat m1' });
    });

    it('serves on while the receiver refuses', async () => {
      receiver.answerWith(503);
      box.upstream.script(json(200, CHAT_REPLY));
      expect((await ask(box, body())).answer.status).toBe(200);
      await until('it is told', () => box.gateway.logs().includes('traces not sent'), { deadlineMs: 15_000 });
      receiver.answerWith(200);
    });
  },
  (upstream) => ({ UPSTREAM: upstream, ENABLE_TRACING: 'true', OTLP_ENDPOINT: receiver.url }),
  FILE,
);

describeBlackBox(
  'traces that nobody chose',
  (box) => {
    it('are kept when the call failed, and only then', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const good = await ask(box, body());
      box.upstream.script(json(500, {}));
      const bad = await ask(box, body());
      expect((await spansOf(bad.id)).length).toBeGreaterThan(1);
      expect(box.upstream.journal.at(-1)?.headers.traceparent).toMatch(/-00$/);
      const ids = receiver.spans.map(({ attributes }) => attributes['llm_edge.request_id']);
      expect(ids).not.toContain(good.id);
    });
  },
  () => ({
    ENABLE_TRACING: 'true',
    OTLP_ENDPOINT: receiver.url,
    TRACE_SAMPLE_RATIO: '0',
    TRACE_SLOW_MS: '60000',
  }),
);

describeBlackBox(
  'traces with what was said',
  (box) => {
    const MAIL = 'ada@example.com';
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: `${PROMPT}, answer to ${MAIL}` },
    ];
    const chatOf = async (id: string | string[] | undefined) =>
      (await spansOf(id)).find(({ kind }) => kind === 'client')?.attributes ?? {};
    const read = (value: unknown) => JSON.parse(String(value));

    it.each([true, false])('shows it, and neither keys nor personal data, streamed %s', async (stream) => {
      const words = [ANSWER, ` to ${MAIL.slice(0, 5)}`, MAIL.slice(5)];
      const reply = { ...CHAT_REPLY.choices[0], message: { role: 'assistant', content: words.join('') } };
      box.upstream.script(stream ? sse(chatEvents(words)) : json(200, { ...CHAT_REPLY, choices: [reply] }));
      const { id, text } = await ask(box, body({ messages, stream }));
      expect(text).toContain(ANSWER);
      const attributes = await chatOf(id);
      expect(read(attributes['gen_ai.input.messages'])).toEqual([
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', content: expect.stringContaining(PROMPT) }] },
      ]);
      expect(read(attributes['gen_ai.output.messages'])).toEqual([
        {
          role: 'assistant',
          parts: [{ type: 'text', content: expect.stringContaining(ANSWER) }],
          finish_reason: 'stop',
        },
      ]);
      const all = receiver.texts.join('\n') + box.gateway.logs();
      for (const secret of [...Object.values(SECRETS), KEY, MAIL]) expect(all).not.toContain(secret);
      expect(box.gateway.logs()).not.toContain(PROMPT);
    });

    it('shows what came of a stream that broke, in the words of the client that asked', async () => {
      box.upstream.script(cutAfter(EVENTS.slice(0, 2)));
      const answer = await box.call('/v1/messages', {
        ...body({ stream: true, max_tokens: 9, model: 'first/m1' }),
        system: 'Be brief.',
      });
      await answer.text().catch(() => '');
      const attributes = await chatOf(answer.headers['x-request-id']);
      expect(read(attributes['gen_ai.system_instructions'])).toEqual([
        { type: 'text', content: 'Be brief.' },
      ]);
      expect(read(attributes['gen_ai.output.messages'])[0].parts).toEqual([
        { type: 'text', content: ANSWER },
      ]);
    });
  },
  (upstream) => ({
    UPSTREAM: upstream,
    ENABLE_TRACING: 'true',
    OTLP_ENDPOINT: receiver.url,
    TRACE_CONTENT: 'true',
  }),
  FILE,
);
