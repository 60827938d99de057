import { expect, it } from 'vitest';
import {
  type BlackBox,
  CHAT,
  CHAT_REPLY,
  chatEvents,
  describeBlackBox,
  KEY,
  USAGE_EVENT,
} from '../support/black-box.ts';
import { cutAfter, hangBeforeHeaders, json, type SseEvent, sse } from '../support/fault-upstream.ts';
import type { ClientRequest } from '../support/http-client.ts';
import { until, within } from '../support/wait.ts';

const OTHER_KEY = 'sk-gateway-test-key-0002';
const WORDS = ['One', ' two', ' three'];
const EVENTS: SseEvent[] = [...chatEvents(WORDS).slice(0, -1), USAGE_EVENT, 'data: [DONE]'];

let count = 0;
/** A call that nothing in the cache is the answer to. */
const fresh = (more: object = {}) => ({
  ...CHAT,
  messages: [{ role: 'user', content: `Question ${++count}` }],
  ...more,
});

async function ask(box: BlackBox, body: object, options: ClientRequest = {}) {
  const answer = await box.call('/v1/chat/completions', body, options);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const control = (value: string): ClientRequest => ({ headers: { 'cache-control': value } });

const env = () => ({
  CACHE_MODE: 'all',
  GATEWAY_API_KEYS: `test:${KEY},other:${OTHER_KEY}`,
  RATE_LIMIT_RPM: '100000',
});

describeBlackBox(
  'the cache',
  (box) => {
    const calls = () => box.upstream.journal.length;

    it('answers the same call again by itself, byte for byte', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body = fresh();
      const first = await ask(box, body);
      expect(first.headers).toMatchObject({ 'x-llm-edge-cache': 'miss', 'x-llm-edge-cost-usd': '0.00021' });
      expect(first.headers.age).toBeUndefined();
      const before = calls();
      const again = await untilHit(box, body);
      expect(again.text).toBe(first.text);
      expect(again.headers).toMatchObject({
        'x-llm-edge-cache': 'hit-l1',
        'x-llm-edge-cost-usd': '0',
        'x-llm-edge-provider': 'openai',
        'x-llm-edge-attempts': '0',
        'content-type': 'application/json',
        age: expect.stringMatching(/^\d+$/),
      });
      expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
      expect(calls()).toBe(before);
    });

    it('knows a call however it is written, and whatever is only for the books', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body = fresh({ temperature: 0.5 });
      await ask(box, body);
      const turned = Object.fromEntries(Object.entries(body).reverse());
      expect((await untilHit(box, { ...turned, user: 'u-1', metadata: { a: 'b' } })).status).toBe(200);
      for (const other of [{ temperature: 0.6 }, { seed: 1 }, { unknown_field: true }, { top_p: 1 }]) {
        expect((await ask(box, { ...body, ...other })).headers['x-llm-edge-cache']).toBe('miss');
      }
    });

    it('never shows a tenant, or a namespace, what another was told', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body = fresh();
      await ask(box, body);
      await untilHit(box, body);
      const other = { headers: { authorization: `Bearer ${OTHER_KEY}` } };
      expect((await ask(box, body, other)).headers['x-llm-edge-cache']).toBe('miss');
      const apart = { headers: { 'x-llm-edge-cache-namespace': 'a' } };
      expect((await ask(box, body, apart)).headers['x-llm-edge-cache']).toBe('miss');
      await untilHit(box, body, apart);
    });

    it('does as Cache-Control says', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body = fresh();
      expect((await ask(box, body, control('only-if-cached'))).status).toBe(504);
      expect((await ask(box, body, control('no-store'))).headers['x-llm-edge-cache']).toBe('miss');
      expect((await ask(box, body)).headers['x-llm-edge-cache']).toBe('miss');
      await untilHit(box, body);
      expect((await ask(box, body, control('only-if-cached'))).headers['x-llm-edge-cache']).toBe('hit-l1');
      expect((await ask(box, body, control('no-cache'))).headers['x-llm-edge-cache']).toBe('miss');
      expect((await ask(box, body, control('max-age=3600'))).headers['x-llm-edge-cache']).toBe('hit-l1');
      const bad = await ask(box, body, { headers: { 'x-llm-edge-cache-ttl': 'soon' } });
      expect(bad.status).toBe(400);
      expect(bad.text).toContain('x-llm-edge-cache-ttl');
    });

    it('leaves alone what has a state or looks things up', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      for (const more of [{ store: true }, { web_search_options: {} }]) {
        const body = fresh(more);
        for (let i = 0; i < 2; i++) {
          expect((await ask(box, body)).headers['x-llm-edge-cache']).toBe('bypass');
        }
      }
    });

    it('replays a stream as it came, and hides from each what it did not ask for', async () => {
      box.upstream.script(sse(EVENTS));
      const body = fresh({ stream: true });
      const first = await ask(box, body);
      expect(first.headers['x-llm-edge-cache']).toBe('miss');
      expect(first.text).not.toContain('"usage"');
      const again = await untilHit(box, body);
      expect(again.text).toBe(first.text);
      expect(again.headers['content-type']).toMatch(/^text\/event-stream/);
      const withUsage = await ask(box, { ...body, stream_options: { include_usage: true } });
      expect(withUsage.headers['x-llm-edge-cache']).toBe('hit-l1');
      expect(withUsage.text).toContain('"total_tokens":15');
    });

    it('serves whole what came as a stream, and as a stream what came whole', async () => {
      box.upstream.script(sse(EVENTS));
      const streamed = fresh({ stream: true });
      await ask(box, streamed);
      const whole = await untilHit(box, { ...streamed, stream: false });
      expect(JSON.parse(whole.text)).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { content: 'One two three' }, finish_reason: 'stop' }],
        usage: { total_tokens: 15 },
      });
      box.upstream.script(json(200, CHAT_REPLY));
      const asked = fresh();
      await ask(box, asked);
      const stream = await untilHit(box, { ...asked, stream: true });
      expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(stream.text).toContain('"content":"Hello"');
      expect(stream.text.endsWith('data: [DONE]\n\n')).toBe(true);
    });

    it.each([
      ['an error', json(400, { error: { message: 'no' } })],
      ['a truncated answer', json(200, withFinish('length'))],
      ['a filtered answer', json(200, withFinish('content_filter'))],
      ['an empty answer', json(200, { ...CHAT_REPLY, choices: [] })],
    ])('keeps no %s', async (_, behaviour) => {
      box.upstream.script(behaviour);
      const body = fresh();
      for (let i = 0; i < 3; i++) {
        expect((await ask(box, body)).headers['x-llm-edge-cache']).toBe('miss');
      }
    });

    it.each(['destroy', 'clean'] as const)('keeps no stream that was cut (%s)', async (how) => {
      box.upstream.script(cutAfter(EVENTS.slice(0, 4), { how }), sse(EVENTS));
      const body = fresh({ stream: true });
      expect((await ask(box, body)).text).toContain('"error"');
      const next = await ask(box, body);
      expect(next.headers['x-llm-edge-cache']).toBe('miss');
      expect(next.text).toContain('[DONE]');
    });

    it('gives an old answer rather than none', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body = fresh();
      const brief = { headers: { 'x-llm-edge-cache-ttl': '1' } };
      const first = await ask(box, body, brief);
      box.upstream.script(json(500, {}));
      const stale = await until('the answer is stale', async () => {
        const answer = await ask(box, body, brief);
        return answer.headers['x-llm-edge-cache'] === 'stale' && answer;
      });
      expect(stale).toMatchObject({ status: 200, text: first.text });
      expect(Number(stale.headers.age)).toBeGreaterThanOrEqual(1);
      expect((await ask(box, fresh())).status).toBe(502);
    });

    it('does not let a client that leaves keep what it did not get', async () => {
      box.upstream.script(hangBeforeHeaders);
      const body = fresh();
      const before = calls();
      const leaving = new AbortController();
      const gone = box
        .call('/v1/chat/completions', body, { signal: leaving.signal, reset: true })
        .catch(() => null);
      await until('the call is under way', () => calls() > before);
      leaving.abort();
      await gone;
      await within('the upstream is told', box.upstream.journal.at(-1)?.aborted ?? Promise.reject(), 2000);
      box.upstream.script(json(200, CHAT_REPLY));
      expect((await ask(box, body)).headers['x-llm-edge-cache']).toBe('miss');
    });
  },
  env,
);

function withFinish(reason: string): object {
  return {
    ...CHAT_REPLY,
    choices: CHAT_REPLY.choices.map((choice) => ({ ...choice, finish_reason: reason })),
  };
}

/** An answer is kept behind its back: soon, not at once. */
function untilHit(box: BlackBox, body: object, options: ClientRequest = {}) {
  return until('the cache has it', async () => {
    const answer = await ask(box, body, {
      ...options,
      headers: { ...options.headers, 'cache-control': 'only-if-cached' },
    });
    return answer.status === 200 && answer;
  });
}
