import { Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHAT_REPLY } from '../support/black-box.ts';
import { type FaultUpstream, json, sse, sseText, startFaultUpstream } from '../support/fault-upstream.ts';
import { until, within } from '../support/wait.ts';
import { held, listenTo, liveStream } from './cache-live.ts';
import {
  call,
  callAtOnce,
  countsOf,
  EVENTS,
  fresh,
  manyListeners,
  since,
  startCached,
  tally,
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
const withoutUsage = sseText(EVENTS.filter((event) => !event.includes('"usage"')));

describe('equal calls at the same time', () => {
  it.each([
    ['whole', {}, json(200, CHAT_REPLY)],
    ['as a stream', { stream: true }, sse(EVENTS)],
  ])('are one call of the provider: %s', async (_, more, behaviour) => {
    const { behaviour: waits, release } = held(behaviour);
    upstream.script(waits);
    const asked = calls();
    const { before, answers } = await callAtOnce(gateway, 50, fresh(more));
    release();
    const all = await Promise.all(answers.map(async (answer) => told(await answer)));
    expect(calls()).toBe(asked + 1);
    expect(tally(all.map(({ cache }) => cache))).toEqual({ miss: 1, coalesced: 49 });
    expect(new Set(all.map(({ status, text, cut }) => `${status} ${cut} ${text}`)).size).toBe(1);
    const counted = since(before, await untilActive(gateway, 0));
    expect(counted).toEqual({ misses: 1, hits: { l1: 0, l2: 0, coalesced: 49 }, attempts: 1 });
  });

  it.each([
    ['whole', 10_000, {}, json(200, CHAT_REPLY)],
    ['as a stream', 2_000, { stream: true }, sse(EVENTS)],
  ])(
    'are one call of the provider, be they thousands: %s',
    async (form, count, more, behaviour) => {
      const { behaviour: waits, release } = held(behaviour);
      upstream.script(waits);
      const agent = new Agent({ keepAlive: true, maxSockets: count });
      const body = fresh(more);
      const asked = calls();
      const before = await untilActive(gateway, 0);
      const startedAt = performance.now();
      const answers: Promise<{ key: string; cache: string }>[] = [];
      while (answers.length < count) {
        for (let i = 0; i < 500; i++) {
          answers.push(
            call(gateway, body, { agent }).then(async (answer) => {
              const { status, cache, text, cut } = await told(answer);
              return { cache, key: `${status} ${cut} ${text}` };
            }),
          );
        }
        await untilActive(gateway, answers.length, 30_000);
      }
      const { bytes } = await countsOf(gateway);
      release();
      const all = await within('all are answered', Promise.all(answers), 30_000);
      const ms = performance.now() - startedAt;
      agent.destroy();
      expect(calls()).toBe(asked + 1);
      expect(tally(all.map(({ cache }) => cache))).toEqual({ miss: 1, coalesced: count - 1 });
      expect(new Set(all.map(({ key }) => key)).size).toBe(1);
      const after = await untilActive(gateway, 0);
      expect(since(before, after).attempts).toBe(1);
      const perCall = (Math.max(bytes, after.bytes) - before.bytes) / count;
      console.log(
        `${count} equal calls (${form}): ${Math.round(ms)} ms, ${Math.round(perCall / 1024)} KiB for each`,
      );
      // A connection of Node's server and its request take some 40 KiB by themselves.
      expect(perCall).toBeLessThan(100 * 1024);
      expect(ms).toBeLessThan(60_000);
    },
    90_000,
  );

  it('get the form that each asked for', async () => {
    const whole = held(json(200, CHAT_REPLY));
    const stream = held(sse(EVENTS));
    upstream.script(async (context) => {
      const isStream = `${context.request.body}`.includes('"stream":true');
      await (isStream ? stream : whole).behaviour(context);
    });
    const body = fresh();
    const before = await untilActive(gateway, 0);
    const wholes = [call(gateway, body), call(gateway, body)];
    await untilActive(gateway, before.active + 2);
    const streams = [call(gateway, { ...body, stream: true }), call(gateway, { ...body, stream: true })];
    await untilActive(gateway, before.active + 4);
    whole.release();
    stream.release();
    for (const answer of await Promise.all(wholes)) {
      expect(await answer.json()).toEqual(CHAT_REPLY);
    }
    for (const answer of await Promise.all(streams)) {
      expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(await answer.text()).toBe(withoutUsage);
    }
  });

  it('are all refused as the provider refuses one', async () => {
    const refusal = {
      error: { message: 'no such thing', type: 'invalid_request_error', param: 'x', code: null },
    };
    const { behaviour, release } = held(json(400, refusal));
    upstream.script(behaviour);
    const asked = calls();
    const { answers } = await callAtOnce(gateway, 20, fresh());
    release();
    const all = await Promise.all(answers.map(async (answer) => told(await answer)));
    expect(tally(all.map(({ status, text }) => `${status} ${text}`))).toEqual({
      [`400 ${JSON.stringify(refusal)}`]: 20,
    });
    expect(calls()).toBe(asked + 1);
    await untilActive(gateway, 0);
  });

  it('are not told to each other when the caller wants a new answer', async () => {
    const { behaviour, release } = held(json(200, CHAT_REPLY));
    upstream.script(behaviour);
    const asked = calls();
    const { answers } = await callAtOnce(gateway, 3, fresh(), { headers: { 'cache-control': 'no-cache' } });
    await until('each is asked for', () => calls() === asked + 3);
    release();
    for (const answer of await Promise.all(answers)) {
      expect(answer.headers['x-llm-edge-cache']).toBe('miss');
      await answer.text();
    }
  });

  it('of another tenant are another call', async () => {
    const { behaviour, release } = held(json(200, CHAT_REPLY));
    upstream.script(behaviour);
    const asked = calls();
    const body = fresh();
    const other = { headers: { authorization: 'Bearer sk-gateway-test-key-0002' } };
    const answers = [call(gateway, body), call(gateway, body, other)];
    await until('each is asked for', () => calls() === asked + 2);
    release();
    for (const answer of await Promise.all(answers)) {
      expect(answer.headers['x-llm-edge-cache']).toBe('miss');
      await answer.text();
    }
  });
});

describe('a stream that is under way', () => {
  it('is told from its beginning to whoever joins, then goes on for all', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const asked = calls();
    const body = fresh({ stream: true });
    // An answer begins with its first content: until then another target could still give it.
    const [role = '', first = '', ...others] = EVENTS;
    live.send(role);
    const listeners = [];
    for (const event of [first, ...others]) {
      const joining = call(gateway, body);
      if (listeners.length === 0) live.send(event);
      const joins = listenTo(await joining);
      if (listeners.length > 0) live.send(event);
      listeners.push(joins);
      for (const listener of listeners) {
        if (!event.includes('"usage"')) await listener.hears(event);
      }
    }
    live.end();
    for (const { all } of listeners) expect(await all).toEqual({ text: withoutUsage, cut: false });
    expect(listeners.map(({ answer }) => answer.headers['x-llm-edge-cache'])).toEqual([
      'miss',
      ...others.map(() => 'coalesced'),
    ]);
    expect(calls()).toBe(asked + 1);
  });

  it('shows its usage to those who asked for it, and to nobody else', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = fresh({ stream: true });
    const asking = { ...body, stream_options: { include_usage: true } };
    const listeners = [body, asking, body, asking].map((one) => call(gateway, one).then(listenTo));
    await untilActive(gateway, 4);
    live.send(...EVENTS);
    live.end();
    const texts = await Promise.all(listeners.map(async (listener) => (await (await listener).all).text));
    expect(texts).toEqual([withoutUsage, sseText(EVENTS), withoutUsage, sseText(EVENTS)]);
  });

  it('tells all of a break in the words of the dialect', async () => {
    const live = liveStream();
    upstream.script(live.behaviour);
    const body = fresh({ stream: true });
    const answers = await manyListeners(gateway, 5, body, live);
    live.cut();
    for (const { all } of answers) {
      const { text, cut } = await all;
      expect(cut).toBe(false);
      expect(text).toContain('"content":"One"');
      expect(JSON.parse(text.trim().split('\n\n').at(-1)?.slice('data: '.length) ?? '')).toMatchObject({
        error: { code: 'upstream_failed' },
      });
      expect(text).not.toContain('[DONE]');
    }
    await untilActive(gateway, 0);
  });

  it('does not wait for one who does not read', async () => {
    const words = 'w'.repeat(64 * 1024);
    // More than the buffers of all sockets on the way.
    const long = [
      ...EVENTS.slice(0, 1),
      ...Array.from({ length: 110 }, () => EVENTS[1]?.replace('One', words) ?? ''),
      ...EVENTS.slice(-3),
    ];
    const { behaviour, release } = held(sse(long));
    upstream.script(behaviour);
    const { answers } = await callAtOnce(gateway, 4, fresh({ stream: true }));
    release();
    const [slow, ...others] = await Promise.all(answers);
    const texts = await within('the others have all', Promise.all(others.map((answer) => answer.text())));
    const wanted = sseText(long.filter((event) => !event.includes('"usage"')));
    expect(texts.map((text) => text === wanted)).toEqual([true, true, true]);
    // And it may still have all of it.
    expect((await slow?.text()) === wanted).toBe(true);
  });
});
