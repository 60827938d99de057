import { expect, it } from 'vitest';
import {
  type BlackBox,
  CHAT,
  CHAT_REPLY,
  chatEvents,
  describeBlackBox,
  KEY,
  MESSAGES,
  USAGE_EVENT,
} from '../support/black-box.ts';
import { type Behaviour, json, sse } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';

const OTHER_KEY = 'sk-gateway-test-key-0002';
const REPLAY = 'x-llm-edge-idempotent-replay';

const ask = async (
  box: BlackBox,
  name: string,
  body: object = CHAT,
  headers: Record<string, string> = {},
) => {
  const path = 'max_tokens' in body ? '/v1/messages' : '/v1/chat/completions';
  const answer = await box.call(path, body, { headers: { 'idempotency-key': name, ...headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** An answer that comes when it is let go. */
function held(): { readonly behaviour: Behaviour; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const behaviour: Behaviour = async (context) => {
    await promise;
    await json(200, CHAT_REPLY)(context);
  };
  return { behaviour, release: resolve };
}

describeBlackBox(
  'a retry with the same idempotency key',
  (box) => {
    const calls = () => box.upstream.journal.length;

    it('gets the first answer, for nothing', async () => {
      box.upstream.script(json(200, CHAT_REPLY), json(200, { ...CHAT_REPLY, id: 'another' }));
      const before = calls();
      const first = await ask(box, 'json-1');
      expect([first.status, first.headers[REPLAY]]).toEqual([200, undefined]);
      expect(Number(first.headers['x-llm-edge-cost-usd'])).toBeGreaterThan(0);
      const second = await until('the first answer is kept', async () => {
        const answer = await ask(box, 'json-1');
        return answer.headers[REPLAY] === 'true' ? answer : null;
      });
      expect(second.text).toBe(first.text);
      expect(second.headers).toMatchObject({
        'content-type': first.headers['content-type'],
        'x-llm-edge-provider': 'openai',
        'x-llm-edge-attempts': '0',
        'x-llm-edge-cost-usd': '0',
      });
      expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
      expect(calls() - before).toBe(1);
      expect(box.upstream.journal.at(-1)?.headers['idempotency-key']).toBe('one:json-1');
    });

    it('gets the first stream', async () => {
      const events = [...chatEvents(['Hel', 'lo']).slice(0, -1), USAGE_EVENT, 'data: [DONE]'];
      box.upstream.script(sse(events));
      const before = calls();
      const stream = { ...CHAT, stream: true };
      const first = await ask(box, 'sse-1', stream);
      const second = await ask(box, 'sse-1', stream);
      expect(second.headers).toMatchObject({
        [REPLAY]: 'true',
        'content-type': first.headers['content-type'],
      });
      expect(second.text).toBe(first.text);
      expect(calls() - before).toBe(1);
    });

    it('waits while the first is under way', async () => {
      const { behaviour, release } = held();
      box.upstream.script(behaviour);
      const before = calls();
      const both = [ask(box, 'wait-1'), ask(box, 'wait-1')];
      await until('the provider is asked', () => calls() > before);
      release();
      const answers = await Promise.all(both);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.filter(({ headers }) => headers[REPLAY] === 'true')).toHaveLength(1);
      expect(calls() - before).toBe(1);
    });

    it.each([
      [
        'in OpenAI\u2019s words',
        CHAT,
        { ...CHAT, temperature: 1 },
        { error: { code: 'idempotency_mismatch' } },
      ],
      [
        'in Anthropic\u2019s words',
        MESSAGES,
        { ...MESSAGES, max_tokens: 17 },
        { type: 'error', error: { type: 'invalid_request_error' } },
      ],
    ])('with another body is refused, %s', async (name, body, other, error) => {
      const reply = {
        id: 'm',
        type: 'message',
        stop_reason: 'end_turn',
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      };
      box.upstream.script(json(200, body === CHAT ? CHAT_REPLY : reply));
      const key = `other-${name.length}`;
      expect((await ask(box, key, body)).status).toBe(200);
      const { status, text } = await ask(box, key, other);
      expect([status, JSON.parse(text)]).toMatchObject([422, error]);
    });

    it('of another tenant is a call of its own', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const before = calls();
      await ask(box, 'tenants-1');
      const other = await ask(
        box,
        'tenants-1',
        { ...CHAT, user: 'x' },
        { authorization: `Bearer ${OTHER_KEY}` },
      );
      expect([other.status, other.headers[REPLAY]]).toEqual([200, undefined]);
      expect(calls() - before).toBe(2);
    });

    it('is made after a failure, and after a stream that broke', async () => {
      box.upstream.script(json(400, { error: { message: 'no' } }), json(200, CHAT_REPLY));
      expect((await ask(box, 'fail-1')).status).toBe(400);
      expect(await ask(box, 'fail-1')).toMatchObject({ status: 200 });

      const broken: Behaviour = ({ response, socket }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`${chatEvents(['Hel'])[0]}\n\n`, () => socket.destroy());
      };
      box.upstream.script(broken, sse(chatEvents(['Hello'])));
      const stream = { ...CHAT, stream: true };
      expect((await ask(box, 'fail-2', stream)).text).toContain('error');
      const second = await ask(box, 'fail-2', stream);
      expect([second.status, second.headers[REPLAY]]).toEqual([200, undefined]);
      expect(second.text).toContain('[DONE]');
    });

    it.each([['two words'], ['k'.repeat(256)], ['caf\u00e9']])('needs a key that is one: %s', async (key) => {
      expect((await ask(box, key)).status).toBe(400);
    });
  },
  () => ({ GATEWAY_API_KEYS: `one:${KEY},two:${OTHER_KEY}` }),
);

describeBlackBox(
  'an idempotency key in passthrough mode',
  (box) => {
    it('is told to the client\u2019s own account', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      await ask(box, 'own-1', CHAT, { authorization: 'Bearer sk-of-the-client' });
      expect(box.upstream.journal.at(-1)?.headers['idempotency-key']).toBe('own-1');
    });
  },
  () => ({ AUTH_MODE: 'passthrough', GATEWAY_API_KEYS: '', OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '' }),
);
