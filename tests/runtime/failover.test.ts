import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, chatEvents, describeBlackBox } from '../support/black-box.ts';
import {
  type Behaviour,
  cutAfter,
  garbage,
  hangAfter,
  hangBeforeHeaders,
  html,
  json,
  sse,
  sseText,
  status429,
} from '../support/fault-upstream.ts';

const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } };
const EVENTS = chatEvents(['from', ' the', ' second']);
const START = EVENTS.slice(0, 1);
const ERROR = 'data: {"error":{"message":"overloaded","type":"overloaded_error"}}';

const FAULTS: readonly (readonly [string, Behaviour])[] = [
  ['hangs before its headers', hangBeforeHeaders],
  ['answers 500', json(500, {})],
  ['answers 429', status429('30')],
  ['refuses the key', json(401, { error: { message: 'no' } })],
  ['shows a page', html(200)],
  ['speaks no HTTP', garbage()],
  ['finds it too long', json(400, { error: { message: 'x', code: 'context_length_exceeded' } })],
  ['filters it', json(400, { error: { message: 'x', code: 'content_filter' } })],
];

const STREAM_FAULTS: readonly (readonly [string, Behaviour])[] = [
  ...FAULTS,
  ['cuts the stream before its content', cutAfter(START)],
  ['ends the stream before its content', cutAfter(START, { how: 'clean' })],
  ['falls silent before its content', hangAfter(START)],
  ['tells an error in the place of content', sse([...START, ERROR, 'data: [DONE]'])],
  ['sends garbage for an answer', sse(['data: <html>', 'oops'])],
];

/** Each case has a provider of its own that fails: what was learned of one says nothing about the next. */
const FAILING = [...STREAM_FAULTS, ...FAULTS, ['caller', json(400, {})] as const];
const FALL_ON = 'fall_on: [context_too_long, content_filter]';
const FILE = `
providers:
  second: { base_url: "\${UPSTREAM}/second", api_key: sk-second-provider }
${FAILING.map((_, i) => `  p${i}: { base_url: "\${UPSTREAM}/p${i}", api_key: sk-first-provider }`).join('\n')}
routes:
${FAILING.map((_, i) => `  r${i}: { targets: [{ target: p${i}/m1, context_tokens: 1000 }, { target: second/m2, context_tokens: 9000 }], ${FALL_ON} }`).join('\n')}
`;

describeBlackBox(
  'failover',
  (box) => {
    /** All but the second provider do as they are told; the second answers. */
    function script(first: Behaviour, second: Behaviour): void {
      box.upstream.script((context) =>
        (context.request.path.startsWith('/second/') ? second : first)(context),
      );
    }

    it.each(STREAM_FAULTS.map(([name, fault], i) => [name, `r${i}`, fault] as const))(
      'a stream comes from the second when the first %s',
      async (_, model, fault) => {
        script(fault, sse(EVENTS));
        const answer = await box.call('/v1/chat/completions', { ...STREAM, model });
        expect(await answer.text()).toBe(sseText(EVENTS));
        expect(answer.status).toBe(200);
        expect(answer.headers).toMatchObject({ 'x-llm-edge-provider': 'second', 'x-llm-edge-model': 'm2' });
        expect(answer.headers['x-llm-edge-attempts']).toMatch(/^[23]$/);
        const call = box.upstream.journal.at(-1);
        expect(JSON.parse(String(call?.body))).toMatchObject({ model: 'm2' });
        expect(call?.headers.authorization).toBe('Bearer sk-second-provider');
      },
    );

    it.each(
      FAULTS.map(([name, fault], i) => [name, `r${i + STREAM_FAULTS.length}`, fault] as const).slice(1),
    )('an answer comes from the second when the first %s', async (_, model, fault) => {
      script(fault, json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model });
      expect(await answer.json()).toEqual(CHAT_REPLY);
      expect(answer.headers['x-llm-edge-provider']).toBe('second');
    });

    it('does not try another target for what is the fault of the caller', async () => {
      script(json(400, { error: { message: 'bad field' } }), json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model: `r${FAILING.length - 1}` });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('bad field');
      expect(answer.headers['x-llm-edge-attempts']).toBe('1');
    });

    it('is over once there is content: what comes then is told as it is', async () => {
      const events = [...EVENTS.slice(0, 2), ERROR];
      script(sse(events), sse(EVENTS));
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: `r${FAILING.length - 1}` });
      expect(await answer.text()).toBe(sseText(events));
    });
  },
  (upstream) => ({ UPSTREAM: upstream, FIRST_BYTE_TIMEOUT_MS: '600' }),
  FILE,
);

describeBlackBox(
  'a failure that is asked for',
  (box) => {
    const ADMIN = 'sk-admin-key-0000000001';
    const rehearse = (failure: string, key = ADMIN) => ({
      headers: { 'x-llm-edge-mock-failure': failure, 'x-llm-edge-admin-key': key },
    });

    it.each(['500', '429', 'timeout', 'reset', 'cut'])('%s: the second target answers', async (failure) => {
      box.upstream.script(json(200, CHAT_REPLY));
      const answer = await box.call(
        '/v1/chat/completions',
        { ...CHAT, model: `r-${failure}` },
        rehearse(failure),
      );
      expect(answer.status).toBe(200);
      expect(answer.headers['x-llm-edge-provider']).toBe('second');
    });

    it('is seen where there is nobody else', async () => {
      const answer = await box.call('/v1/chat/completions', CHAT, rehearse('500'));
      expect(answer.status).toBe(502);
    });

    it.each([
      ['is refused to everybody else', rehearse('500', 'sk-no-admin-key-000001'), 403],
      ['is refused to who has no admin key', { headers: { 'x-llm-edge-mock-failure': '500' } }, 403],
      ['has to be one that is known', rehearse('200'), 400],
    ])('%s', async (_, options, status) => {
      expect((await box.call('/v1/chat/completions', CHAT, options)).status).toBe(status);
    });
  },
  (upstream) => ({ UPSTREAM: upstream, ADMIN_API_KEY: 'sk-admin-key-0000000001' }),
  `
providers:
  second: { base_url: "\${UPSTREAM}/second", api_key: sk-second-provider }
${['500', '429', 'timeout', 'reset', 'cut'].map((name) => `  p-${name}: { base_url: "\${UPSTREAM}/p", api_key: sk-first-provider }`).join('\n')}
routes:
${['500', '429', 'timeout', 'reset', 'cut'].map((name) => `  r-${name}: [p-${name}/m1, second/m2]`).join('\n')}
`,
);
