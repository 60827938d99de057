import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, chatEvents, describeBlackBox } from '../support/black-box.ts';
import { type Behaviour, hangBeforeHeaders, json, sse, sseText } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';

const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } };
const EVENTS = chatEvents(['from', ' the', ' second']);
const CALLS = 200;

/** A port that nobody listens on: it was ours a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listenOn(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Speaks TLS with no certificate at all, so that no handshake ends well. */
const tls = createTlsServer({});
const ports = { closed: await closedPort(), tls: await listenOn(tls) };
afterAll(() => tls.close());

const FILE = `
providers:
  refused: { base_url: "http://127.0.0.1:${ports.closed}/v1", api_key: sk-first-provider }
  nowhere: { base_url: "http://no-such-host.invalid/v1", api_key: sk-first-provider }
  untrusted: { base_url: "https://127.0.0.1:${ports.tls}/v1", api_key: sk-first-provider }
  dying: { base_url: "\${UPSTREAM}/dying", api_key: sk-first-provider }
  bursts: { base_url: "\${UPSTREAM}/bursts", api_key: sk-first-provider }
  second: { base_url: "\${UPSTREAM}/second", api_key: sk-second-provider }
routes:
  refused: [refused/m1, second/m2]
  nowhere: [nowhere/m1, second/m2]
  untrusted: [untrusted/m1, second/m2]
  dying: [dying/m1, second/m2]
  bursts: [bursts/m1, second/m2]
`;

describeBlackBox(
  'chaos',
  (box) => {
    function script(first: Behaviour, second: Behaviour): void {
      box.upstream.script((context) =>
        (context.request.path.startsWith('/second/') ? second : first)(context),
      );
    }

    it.each(['refused', 'nowhere', 'untrusted'])(
      '%s: JSON and streams come from the second',
      async (model) => {
        script(json(500, {}), json(200, CHAT_REPLY));
        const whole = await box.call('/v1/chat/completions', { ...CHAT, model });
        expect(await whole.json()).toEqual(CHAT_REPLY);
        script(json(500, {}), sse(EVENTS));
        const stream = await box.call('/v1/chat/completions', { ...STREAM, model });
        expect(await stream.text()).toBe(sseText(EVENTS));
        expect(stream.headers['x-llm-edge-provider']).toBe('second');
      },
    );

    it('bursts of 503: every client gets an answer, and the sick provider is spared', {
      timeout: 60_000,
    }, async () => {
      script(json(503, {}), json(200, CHAT_REPLY));
      const before = box.upstream.journal.length;
      const answers = await Promise.all(
        Array.from({ length: CALLS }, () => box.call('/v1/chat/completions', { ...CHAT, model: 'bursts' })),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await Promise.all(answers.map((answer) => answer.text()));
      const sick = box.upstream.journal.slice(before).filter(({ path }) => path.startsWith('/bursts/'));
      // One retry for five calls at most, beside the first try of each.
      expect(sick.length).toBeLessThanOrEqual(CALLS * 1.2 + 3);
    });

    it(`a provider that dies under ${CALLS} calls: every client gets its answer from the second, soon`, {
      timeout: 60_000,
    }, async () => {
      const dying: (() => void)[] = [];
      let isDead = false;
      script(
        (context) => {
          const die = () => context.socket.destroy();
          if (isDead) die();
          else dying.push(die);
          return hangBeforeHeaders(context);
        },
        json(200, CHAT_REPLY),
      );
      const asked = Array.from({ length: CALLS }, async () => {
        const answer = await box.call('/v1/chat/completions', { ...CHAT, model: 'dying' });
        await answer.text();
        return {
          status: answer.status,
          provider: answer.headers['x-llm-edge-provider'],
          at: performance.now(),
        };
      });
      await until('all calls are under way', () => dying.length === CALLS, { deadlineMs: 30_000 });
      const diedAt = performance.now();
      isDead = true;
      for (const die of dying) die();
      const answers = await Promise.all(asked);
      expect(answers.map(({ status, provider }) => [status, provider])).toEqual(
        answers.map(() => [200, 'second']),
      );
      const waits = answers.map(({ at }) => at - diedAt).toSorted((a, b) => a - b);
      // Half of them within the time that is aimed at; the rest may wait for a busy machine.
      expect(waits[CALLS / 2]).toBeLessThan(process.env.CI === undefined ? 500 : 2_000);
    });
  },
  (upstream) => ({ UPSTREAM: upstream }),
  FILE,
);
