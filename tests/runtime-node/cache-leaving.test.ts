import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHAT_REPLY } from '../support/black-box.ts';
import {
  type FaultUpstream,
  hangBeforeHeaders,
  json,
  sse,
  sseText,
  startFaultUpstream,
} from '../support/fault-upstream.ts';
import { type ClientRequest, send } from '../support/http-client.ts';
import { findSample, sumSamples } from '../support/prometheus.ts';
import { until, within } from '../support/wait.ts';
import { held, listenTo, liveStream } from './cache-live.ts';
import {
  ask,
  call,
  callAtOnce,
  countsOf,
  EVENTS,
  fresh,
  KEY,
  manyListeners,
  since,
  startCached,
  told,
  untilActive,
} from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

let upstream: FaultUpstream;
let gateway: NodeGateway;

beforeEach(async () => {
  upstream = await startFaultUpstream(json(200, CHAT_REPLY));
  gateway = await startCached(upstream.url);
});
afterEach(async () => {
  await gateway?.close();
  await upstream?.close();
});

const calls = () => upstream.journal.length;
const timeout = (ms: number): ClientRequest => ({ headers: { 'x-llm-edge-timeout-ms': String(ms) } });
const withoutUsage = sseText(EVENTS.filter((event) => !event.includes('"usage"')));

describe('a client that leaves', () => {
  it.each([
    ['before the answer', {}],
    ['before a stream', { stream: true }],
  ])('does not take the answer from the others: %s', async (_, more) => {
    const { behaviour, release } = held('stream' in more ? sse(EVENTS) : json(200, CHAT_REPLY));
    upstream.script(behaviour);
    const asked = calls();
    const body = fresh(more);
    const leaving = new AbortController();
    const before = await untilActive(gateway, 0);
    const leader = call(gateway, body, { signal: leaving.signal }).catch(() => null);
    await until('the leader has called', () => calls() === asked + 1);
    const answers = [call(gateway, body), call(gateway, body)];
    await untilActive(gateway, 3);
    leaving.abort();
    expect(await leader).toBeNull();
    await untilConnected(2);
    release();
    for (const answer of await Promise.all(answers)) {
      const { status, cache, cut, text } = await told(answer);
      expect({ status, cache, cut }).toEqual({ status: 200, cache: 'coalesced', cut: false });
      expect(text).toContain('stop');
    }
    expect(calls()).toBe(asked + 1);
    const counted = since(before, await untilActive(gateway, 0));
    expect(counted).toEqual({ misses: 1, hits: { l1: 0, l2: 0, coalesced: 2 }, attempts: 1 });
    const samples = await gateway.samples();
    expect(sumSamples(samples, 'llm_edge_requests_total', { status: '499' })).toBe(1);
    expect(sumSamples(samples, 'llm_edge_requests_total', { status: '200' })).toBe(2);
    expect(sumSamples(samples, 'llm_edge_client_disconnects_total')).toBe(1);
  });

  it('does not take the rest of a stream from the others', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = fresh({ stream: true });
    live.send(...EVENTS.slice(0, 2));
    const leader = listenTo(await call(gateway, body));
    const others = [listenTo(await call(gateway, body)), listenTo(await call(gateway, body))];
    for (const one of [leader, ...others]) await one.hears('One');
    leader.answer.abort();
    await leader.all;
    await untilConnected(2);
    live.send(...EVENTS.slice(2));
    live.end();
    for (const { all } of others) expect(await all).toEqual({ text: withoutUsage, cut: false });
    await untilActive(gateway, 0);
    const samples = await gateway.samples();
    const gone = (phase: string) => sumSamples(samples, 'llm_edge_client_disconnects_total', { phase });
    expect([gone('before_first_byte'), gone('streaming')]).toEqual([0, 1]);
  });

  /** The gateway has heard who left. */
  const untilConnected = (connections: number) =>
    until('it has gone', async () => {
      const samples = await gateway.samples();
      return findSample(samples, 'llm_edge_active_connections', {}) === connections;
    });

  it('ends the call of the provider at once when it is the last: before the answer', async () => {
    upstream.script(hangBeforeHeaders);
    const asked = calls();
    const leaving = [new AbortController(), new AbortController(), new AbortController()];
    const body = fresh();
    const answers = leaving.map(({ signal }) => call(gateway, body, { signal }).catch(() => null));
    await untilActive(gateway, 3);
    await until('the provider is called', () => calls() === asked + 1);
    const leftAt = await leaveInTurn(leaving.map((one) => () => one.abort()));
    expect(await endedAt()).toBeLessThan(leftAt + 100);
    expect(await Promise.all(answers)).toEqual([null, null, null]);
    await untilActive(gateway, 0);
  });

  it('ends the call of the provider at once when it is the last: in the middle of a stream', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = fresh({ stream: true });
    live.send(...EVENTS.slice(0, 2));
    const listeners = [];
    for (let i = 0; i < 3; i++) listeners.push(listenTo(await call(gateway, body)));
    for (const listener of listeners) await listener.hears('One');
    const leftAt = await leaveInTurn(
      listeners.map(
        ({ answer }) =>
          () =>
            answer.abort(),
      ),
    );
    expect(await endedAt()).toBeLessThan(leftAt + 100);
    await untilActive(gateway, 0);
  });

  /** All but the last leave, and the provider's call goes on; then the last leaves. */
  async function leaveInTurn(leave: readonly (() => void)[]): Promise<number> {
    for (const [index, go] of leave.entries()) {
      const left = leave.length - index;
      const last = left === 1;
      if (last) break;
      go();
      // The leader's own request stays on the books until the call of the provider is over.
      await until('it has gone', async () => (await countsOf(gateway)).active <= Math.max(left - 1, 1) + 1);
      expect(await Promise.race([endedAt(), sleep(0)])).toBeUndefined();
    }
    const leftAt = performance.now();
    leave.at(-1)?.();
    return leftAt;
  }

  const endedAt = () =>
    within('the upstream is told', upstream.journal.at(-1)?.aborted ?? Promise.reject(new Error('no call')));
});

describe('a client that has little time', () => {
  it('is told so, and leaves the others their answer', async () => {
    const { behaviour, release } = held(json(200, CHAT_REPLY));
    upstream.script(behaviour);
    const asked = calls();
    const body = fresh();
    const before = await untilActive(gateway, 0);
    const leader = call(gateway, body, timeout(400));
    await until('the leader has called', () => calls() === asked + 1);
    const follower = call(gateway, body, timeout(500));
    const answers = [call(gateway, body), call(gateway, body)];
    for (const brief of [leader, follower]) {
      expect(await ask504(await within('the brief call is over', brief))).toBe('upstream_timeout');
    }
    release();
    for (const answer of await Promise.all(answers)) {
      expect(await told(answer)).toMatchObject({ status: 200, cache: 'coalesced' });
    }
    expect(calls()).toBe(asked + 1);
    const after = await untilActive(gateway, 0);
    expect(since(before, after)).toMatchObject({ misses: 1, hits: { coalesced: 2 }, attempts: 1 });
  });

  async function ask504(answer: Awaited<ReturnType<typeof call>>): Promise<unknown> {
    expect(answer.status).toBe(504);
    const { error } = (await answer.json()) as { error: { code: unknown } };
    return error.code;
  }

  it('is told so in the middle of a stream, which goes on for the others', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = fresh({ stream: true });
    live.send(...EVENTS.slice(0, 2));
    const leader = listenTo(await call(gateway, body, timeout(500)));
    const follower = listenTo(await call(gateway, body, timeout(500)));
    const others = [listenTo(await call(gateway, body)), listenTo(await call(gateway, body))];
    for (const brief of [leader, follower]) {
      const { text, cut } = await within('the brief stream is over', brief.all);
      expect(cut).toBe(false);
      expect(text).toMatch(/"content":"One".*\n\ndata: \{"error":[^\n]*"upstream_timeout"[^\n]*\n\n$/s);
    }
    live.send(...EVENTS.slice(2));
    live.end();
    for (const { all } of others) expect(await all).toEqual({ text: withoutUsage, cut: false });
    await untilActive(gateway, 0);
  });
});

describe('a client of the Responses API that has little time', () => {
  const created = { type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } };
  const delta = { type: 'response.output_text.delta', sequence_number: 1, delta: 'Hi' };
  const response = { id: 'resp_1', status: 'completed' };
  const completed = { type: 'response.completed', sequence_number: 2, response };
  const event = (data: { readonly type: string }) => ({ event: data.type, data });

  it('is told so by the event that comes next', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = JSON.stringify({ model: 'gpt-4o-mini', input: 'Brief', stream: true });
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const respond = async (more: object) =>
      listenTo(await send(`${gateway.url}/v1/responses`, { headers: { ...headers, ...more }, body }));
    live.send(event(created), event(delta));
    const leader = await respond({});
    const brief = await respond({ 'x-llm-edge-timeout-ms': '500' });
    const { text } = await within('the brief stream is over', brief.all);
    const last = text.slice(text.indexOf('event: error'));
    expect(last).toMatch(/^event: error\ndata: .*"code":"upstream_timeout".*"sequence_number":2\}\n\n$/);
    live.send(event(completed));
    live.end();
    expect((await leader.all).text).toContain('response.completed');
  });
});

describe('a provider that falls silent', () => {
  async function restart(env: Readonly<Record<string, string>>) {
    await gateway.close();
    gateway = await startCached(upstream.url, env);
  }

  const errorOf = (text: string): unknown =>
    (JSON.parse(text.slice(text.indexOf('{"error"'))) as { error: { code: unknown } }).error.code;

  it('before it answers is told to all, and not tried again for each', async () => {
    await restart({ FIRST_BYTE_TIMEOUT_MS: '700' });
    upstream.script(hangBeforeHeaders);
    const asked = calls();
    const { answers } = await callAtOnce(gateway, 10, fresh({ stream: true }));
    for (const answer of await Promise.all(answers)) {
      const { status, text } = await told(answer);
      expect([status, errorOf(text)]).toEqual([504, 'upstream_timeout']);
    }
    expect(calls()).toBe(asked + 1);
    await untilActive(gateway, 0);
  });

  it('in the middle of a stream is told to all in the words of the dialect', async () => {
    await restart({ IDLE_TIMEOUT_MS: '500' });
    const live = liveStream();
    upstream.script(live.behaviour);
    const listeners = await manyListeners(gateway, 5, fresh({ stream: true }), live);
    for (const { all } of listeners) {
      const { text, cut } = await all;
      expect([cut, errorOf(text)]).toEqual([false, 'upstream_timeout']);
    }
    const samples = await untilActive(gateway, 0).then(() => gateway.samples());
    expect(sumSamples(samples, 'llm_edge_upstream_attempts_total', { outcome: 'timeout' })).toBe(1);
    expect(sumSamples(samples, 'llm_edge_client_disconnects_total')).toBe(0);
  });
});

describe('clients that come and go as they like', () => {
  /** Mulberry32: the same storm each time. */
  function randomFrom(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  it.each([1, 2, 3])(
    'leave nothing behind (storm %i)',
    async (seed) => {
      const random = randomFrom(seed);
      let open = 0;
      upstream.script(async (context) => {
        open += 1;
        context.response.once('close', () => {
          open -= 1;
        });
        await sleep(random() * 30);
        const isStream = `${context.request.body}`.includes('"stream":true');
        await (isStream ? sse(EVENTS, { delayMs: random() * 8 }) : json(200, CHAT_REPLY))(context);
      });
      const bodies = Array.from({ length: 12 }, (_, i) => fresh(i % 3 === 0 ? {} : { stream: true }));
      const before = await untilActive(gateway, 0);
      const from = calls();
      const outcomes = await Promise.all(
        Array.from({ length: 600 }, async (_, i) => {
          await sleep(random() * 500);
          const leaving = new AbortController();
          if (random() < 0.6) setTimeout(() => leaving.abort(), random() * 40);
          try {
            const body = bodies[i % bodies.length] ?? {};
            const headers = { 'cache-control': random() < 0.5 ? 'no-store' : 'max-age=60' };
            return await ask(gateway, body, { signal: leaving.signal, headers });
          } catch {
            return null;
          }
        }),
      );
      const after = await untilActive(gateway, 0);
      const whole = outcomes.filter((one) => one !== null && !one.cut);
      expect(whole.length).toBeGreaterThan(100);
      for (const one of whole)
        expect(one).toMatchObject({ status: 200, text: expect.stringContaining('"stop"') });
      const { misses, hits, attempts } = since(before, after);
      expect(hits.coalesced).toBeGreaterThan(0);
      expect(attempts).toBe(calls() - from);
      expect(misses).toBe(attempts);
      expect(attempts).toBeLessThan(outcomes.length / 2);
      await until('no call of the provider is open', () => open === 0);
    },
    30_000,
  );
});
