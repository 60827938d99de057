import { describe, expect, it } from 'vitest';
import type { FetchScript, ScriptedReply } from '../adapters/memory/fetch.ts';
import { type AttemptSetup, prepareAttempt } from '../tests/support/attempt.ts';
import { until, within } from '../tests/support/wait.ts';
import type { FailureClass, Outcome } from './domain/outcome.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { accept, type Given } from './exchange/given.ts';
import { UpstreamFault } from './ports/fetch.ts';

const encoder = new TextEncoder();

function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): ScriptedReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Each event is a chunk of its own; an error breaks the stream off, `null` hangs for ever. */
function sse(events: readonly (string | Error | null)[]): ScriptedReply {
  async function* body() {
    for (const event of events) {
      if (event instanceof Error) throw event;
      if (event === null) await new Promise(() => {});
      else yield encoder.encode(`${event}\n\n`);
    }
  }
  return { headers: { 'content-type': 'text/event-stream' }, body: body() };
}

const chunk = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...rest }] })}`;
const START = chunk({ role: 'assistant', content: '' });
const HI = chunk({ content: 'Hi' });
const STOP = chunk({}, { finish_reason: 'stop' });
const DONE = 'data: [DONE]';
const CUT = new UpstreamFault('cut', 'gone');
const STREAM = { body: { stream: true, stream_options: { include_usage: true } } };

function failureOf(outcome: Outcome<Given>) {
  if (outcome.ok) throw new Error('it is an answer');
  return outcome.failure;
}

/** What the client gets of a failure: status and body, or the code of the error. */
async function givenOf(outcome: Outcome<Given>): Promise<string> {
  try {
    const { status, body } = failureOf(outcome).give();
    return `${status} ${await new Response(body as BodyInit).text()}`;
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
}

const thrown = (fault: unknown): FetchScript => {
  return () => {
    throw fault;
  };
};
const openai = (code: string | null, message = 'no', type = 'invalid_request_error') => ({
  error: { message, type, code },
});

describe('a failure of a provider', () => {
  it.each<[string, Partial<AttemptSetup> & { script: FetchScript }, FailureClass, number | null, RegExp]>([
    ['500', { script: () => json({}, 500) }, 'provider_error', null, /^upstream_failed$/],
    [
      '503 with a time',
      { script: () => json({}, 503, { 'retry-after': '7' }) },
      'provider_error',
      7_000,
      /failed/,
    ],
    ['401', { script: () => json({}, 401) }, 'key_dead', null, /^upstream_auth_failed$/],
    [
      "401 of the client's",
      { script: () => json(openai('invalid_api_key'), 401), credential: 'k' },
      'caller',
      null,
      /^401 /,
    ],
    [
      '429',
      { script: () => json(openai('rate_limit_exceeded'), 429, { 'retry-after': '3' }) },
      'rate_limited',
      3_000,
      /^429 .*exceeded/,
    ],
    [
      '429 for long',
      { script: () => json({}, 429, { 'retry-after': '9999' }) },
      'rate_limited',
      60_000,
      /^429 /,
    ],
    [
      '429 of a page',
      { script: () => ({ status: 429, headers: { 'content-type': 'text/html' } }) },
      'rate_limited',
      null,
      /^rate_limited$/,
    ],
    [
      '429 of an empty account',
      { script: () => json(openai('insufficient_quota'), 429) },
      'key_dead',
      null,
      /^429 .*quota/,
    ],
    ['400', { script: () => json(openai(null), 400) }, 'caller', null, /^400 /],
    [
      '404 of a name that a client wrote',
      { script: () => json(openai('model_not_found'), 404) },
      'caller',
      null,
      /^404 /,
    ],
    [
      '404 of a name that the operator wrote',
      { script: () => json(openai('model_not_found'), 404), route: { configured: true } },
      'invalid',
      null,
      /^404 /,
    ],
    ['408', { script: () => json(openai(null), 408) }, 'provider_error', null, /^408 /],
    [
      'too long',
      { script: () => json(openai('context_length_exceeded'), 400) },
      'context_too_long',
      null,
      /^400 /,
    ],
    [
      'too long, in words',
      { script: () => json(openai(null, 'prompt is too long: 9 tokens'), 400) },
      'context_too_long',
      null,
      /^400 /,
    ],
    ['filtered', { script: () => json(openai('content_filter'), 400) }, 'content_filter', null, /^400 /],
    [
      '403 of a filter',
      { script: () => json({ error: 'Content violates usage guidelines. Failed check: SAFETY' }, 403) },
      'content_filter',
      null,
      /^permission_denied$/,
    ],
    [
      '403 of a key',
      { script: () => json({ error: 'no access' }, 403) },
      'key_dead',
      null,
      /^upstream_auth_failed$/,
    ],
    ['a redirect', { script: () => json({}, 307) }, 'invalid', null, /^upstream_invalid$/],
    [
      'a page',
      { script: () => ({ headers: { 'content-type': 'text/html' } }) },
      'invalid',
      null,
      /^upstream_invalid$/,
    ],
    [
      'no JSON',
      { script: () => ({ headers: { 'content-type': 'application/json' }, body: 'x' }) },
      'invalid',
      null,
      /invalid/,
    ],
    [
      'an error inside a 200',
      { script: () => json({ error: { message: 'busy', code: 503 } }) },
      'provider_error',
      null,
      /^200 .*busy/,
    ],
    [
      'no connection',
      { script: thrown(new UpstreamFault('refused', 'x')) },
      'network',
      null,
      /^upstream_failed$/,
    ],
    [
      'no connection in time',
      { script: thrown(new UpstreamFault('connect_timeout', 'x')) },
      'timeout',
      null,
      /^upstream_timeout$/,
    ],
    [
      'nothing of HTTP',
      { script: thrown(new UpstreamFault('protocol', 'x')) },
      'invalid',
      null,
      /^upstream_failed$/,
    ],
    [
      'too long for Anthropic',
      {
        script: () => json({ error: { type: 'invalid_request_error', message: 'prompt is too long' } }, 400),
        provider: 'anthropic',
      },
      'context_too_long',
      null,
      /^400 .*context_length_exceeded/,
    ],
    [
      'overloaded Anthropic',
      {
        script: () => json({ error: { type: 'overloaded_error', message: 'x' } }, 529),
        provider: 'anthropic',
      },
      'provider_error',
      null,
      /failed/,
    ],
    [
      'blocked by Gemini',
      { script: () => json({ promptFeedback: { blockReason: 'SAFETY' } }), provider: 'google' },
      'content_filter',
      null,
      /^200 .*content_filter/,
    ],
    [
      'limited by Gemini',
      {
        script: () =>
          json(
            {
              error: {
                code: 429,
                message: 'x',
                status: 'RESOURCE_EXHAUSTED',
                details: [{ retryDelay: '5s' }],
              },
            },
            429,
          ),
        provider: 'google',
      },
      'rate_limited',
      5_000,
      /^429 /,
    ],
    [
      'nothing that it can be asked for',
      { script: () => json({}), provider: 'anthropic', body: { n: 3 } },
      'caller',
      null,
      /^invalid_request$/,
    ],
  ])('%s', async (_, setup, failureClass, retryAfterMs, given) => {
    const { attempt, life } = prepareAttempt(setup);
    const outcome = await attempt();
    expect(failureOf(outcome)).toMatchObject({ class: failureClass, retryAfterMs });
    expect(await givenOf(outcome)).toMatch(given);
    const [tried] = life.record.tries;
    expect(tried?.outcome ?? failureClass).toBe(failureClass);
    // What was blocked is counted all the same.
    if (failureClass !== 'content_filter') expect(tried?.cost ?? 0).toBe(0);
    expect(life.record.status).toBe(0);
  });
});

describe('the beginning of a stream', () => {
  const ERROR = 'data: {"error":{"message":"busy","type":"overloaded_error"}}';
  it.each<[string, ScriptedReply, FailureClass, RegExp]>([
    ['an error event', sse([START, ERROR, DONE]), 'provider_error', /^200 .*assistant.*busy.*DONE/s],
    ['an error event and silence', sse([START, ERROR, null]), 'provider_error', /^200 .*busy/s],
    ['a limit', sse(['data: {"error":{"message":"x","type":"rate_limit_error"}}']), 'rate_limited', /^200 /],
    ['a cut', sse([START, CUT]), 'network', /^200 .*assistant.*broke off/s],
    ['a cut before all', sse([CUT]), 'network', /^upstream_failed$/],
    ['an end before all', sse([]), 'network', /^upstream_failed$|broke off/],
    ['garbage', sse(['<html>', 'data: nonsense']), 'invalid', /^200 .*nonsense/s],
    [
      'a filter',
      sse([START, chunk({}, { finish_reason: 'content_filter' }), DONE]),
      'content_filter',
      /^200 .*DONE/s,
    ],
    ['silence', sse([null]), 'timeout', /^upstream_timeout$/],
    ['silence after its first event', sse([START, null]), 'timeout', /^200 .*FIRST_BYTE_TIMEOUT_MS/s],
  ])('is a failure if it is %s', async (_, reply, failureClass, given) => {
    const { attempt, clock, life } = prepareAttempt({ ...STREAM, script: () => reply });
    const trying = attempt();
    for (let step = 0; step < 8; step++) await clock.advance(200);
    const outcome = await within('it is known', trying);
    expect(failureOf(outcome).class).toBe(failureClass);
    expect(life.record.tries).toMatchObject([{ outcome: failureClass }]);
    expect(await givenOf(outcome)).toMatch(given);
  });

  it.each<[string, readonly (string | null)[]]>([
    ['content', [START, HI, STOP, DONE]],
    ['its end, without any', [START, STOP, DONE]],
    ['a tool call', [chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }), STOP, DONE]],
    ['garbage that is not all', ['data: nonsense', HI, STOP, DONE]],
  ])('is an answer if there is %s; its bytes are as they came', async (_, events) => {
    const { attempt, life } = prepareAttempt({ ...STREAM, script: () => sse(events) });
    const outcome = await within('it is known', attempt());
    if (!outcome.ok) throw new Error('it is a failure');
    const answer = accept(life, outcome.value, {});
    expect(await new Response(answer.body as BodyInit).text()).toBe(
      events.map((text) => `${text}\n\n`).join(''),
    );
    expect(await outcome.ended).toMatchObject({ broke: null });
    expect(life.record).toMatchObject({
      status: 200,
      streamed: true,
      error: null,
      tries: [{ outcome: 'ok' }],
    });
  });

  it('goes out in the end if there is only a sign of life', async () => {
    async function* pings() {
      for (;;) {
        await new Promise<void>((resolve) => clock.after(300, resolve));
        yield encoder.encode(': ping\n\n');
      }
    }
    const { attempt, clock } = prepareAttempt({
      ...STREAM,
      script: () => ({ headers: { 'content-type': 'text/event-stream' }, body: pings() }),
    });
    const trying = attempt();
    for (let step = 0; step < 12; step++) await clock.advance(100);
    expect((await within('it is known', trying)).ok).toBe(true);
  });

  it('is translated no earlier', async () => {
    const events = [
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":3}}}',
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
    ];
    const { attempt, life } = prepareAttempt({ ...STREAM, provider: 'anthropic', script: () => sse(events) });
    const outcome = await within('it is known', attempt());
    expect(failureOf(outcome).class).toBe('provider_error');
    expect(await givenOf(outcome)).toMatch(/^200 data: .*assistant.*busy/s);
    expect(life.record.tries).toMatchObject([{ usage: null, cost: 0 }]);
  });
});

describe('an attempt', () => {
  it('is given up by its signal alone, and what it may have cost is charged', async () => {
    const own = new AbortController();
    const { attempt, life } = prepareAttempt({ script: () => new Promise(() => {}) });
    const trying = attempt({ signal: own.signal, isHedge: true });
    await until('it is under way', () => life.record.tries.length === 1);
    own.abort(new GatewayError('client_closed', 'lost'));
    expect(failureOf(await within('it is over', trying)).class).toBe('cancelled');
    expect(life.record.tries).toMatchObject([
      { outcome: 'cancelled', isHedge: true, usage: { estimated: true } },
    ]);
    expect(life.scope.signal.aborted).toBe(false);
  });

  it('that has begun to answer is given up as well, and nobody need read it', async () => {
    const own = new AbortController();
    const { attempt, life } = prepareAttempt({ ...STREAM, script: () => sse([HI, null]) });
    const outcome = await within('it is known', attempt({ signal: own.signal }));
    expect(outcome.ok).toBe(true);
    own.abort(new GatewayError('client_closed', 'lost'));
    await until('it is over', () => life.record.tries[0]?.outcome !== null);
    expect(life.record.tries).toMatchObject([{ outcome: 'cancelled' }]);
    expect(life.record.status).toBe(0);
  });

  it('does not begin when all is over', async () => {
    const own = new AbortController();
    own.abort(new GatewayError('upstream_timeout', 'late'));
    const { attempt, life } = prepareAttempt({ script: () => json({}) });
    const outcome = await attempt({ signal: own.signal });
    expect(failureOf(outcome).class).toBe('cancelled');
    expect(await givenOf(outcome)).toBe('upstream_timeout');
    expect(life.record.tries).toEqual([]);
  });

  it("goes with the credential it is given, with the client's idempotency key and with the target's fields", async () => {
    const sent: { headers: Readonly<Record<string, string>>; body: unknown }[] = [];
    const { attempt } = prepareAttempt({
      script({ headers, body }) {
        sent.push({
          headers,
          body: typeof body === 'string' ? body : new TextDecoder().decode(body ?? undefined),
        });
        return json({ choices: [] });
      },
      headers: { 'idempotency-key': 'once' },
      target: { overrides: { temperature: 0.5, max_tokens: 3 } },
    });
    await attempt();
    expect(sent).toMatchObject([
      { headers: { authorization: 'Bearer sk-rotated', 'idempotency-key': 't:once' } },
    ]);
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ temperature: 0.5, max_tokens: 3 });
  });

  it('drops what its route allows to drop', async () => {
    const { attempt } = prepareAttempt({
      script: () => json({ id: 'm', type: 'message', role: 'assistant', content: [], usage: {} }),
      provider: 'anthropic',
      body: { n: 3 },
      route: { dropUnsupported: true },
    });
    const outcome = await attempt();
    expect(outcome.ok && outcome.value.headers['x-llm-edge-dropped']).toBe('n');
  });
});
