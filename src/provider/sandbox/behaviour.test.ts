import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../adapters/memory/clock.ts';
import type { Fetch, UpstreamReply } from '../../ports/fetch.ts';
import { createSandbox } from './index.ts';
import { jsonOfReply, parseEvents, requestTo, textOfReply } from './testing.ts';

const decoder = new TextDecoder();
const messages = [{ role: 'user', content: 'one two three four five' }];

function setUp(): { clock: FakeClock; sandbox: Fetch } {
  const clock = createFakeClock();
  return { clock, sandbox: createSandbox({ clock }) };
}

/** One streaming request of each dialect. */
const STREAMS = {
  '/chat/completions': { messages, stream: true },
  '/responses': { input: 'one two three four five', stream: true },
  '/messages': { messages, max_tokens: 100, stream: true },
  '/completions': { prompt: 'one two three four five', stream: true },
} as const;
const PATHS = Object.keys(STREAMS) as (keyof typeof STREAMS)[];

/** Reads on its own; `text` grows as bytes come. */
function readAll(reply: UpstreamReply): { text: string; ended: boolean; fault: unknown } {
  const seen = { text: '', ended: false, fault: null as unknown };
  void (async () => {
    try {
      for await (const chunk of reply.stream()) seen.text += decoder.decode(chunk);
      seen.ended = true;
    } catch (fault) {
      seen.fault = fault;
    }
  })();
  return seen;
}

/** Texts and pieces of arguments, whatever the dialect. */
function deltas(text: string): number {
  const isDelta = /"content":"[^"]|"type":"text_delta"|output_text\.delta","|"text":"[^"]+","index"/;
  return text.split('\n').filter((line) => line.startsWith('data:') && isDelta.test(line)).length;
}

describe('slow', () => {
  it('waits before the first byte of a stream and between its tokens', async () => {
    const { clock, sandbox } = setUp();
    const reply = await sandbox(
      requestTo('/chat/completions', { ...STREAMS['/chat/completions'], model: 'slow' }),
    );
    expect(reply.status).toBe(200);
    const seen = readAll(reply);
    await clock.advance(199);
    expect(seen.text).toBe('');
    await clock.advance(1);
    expect(deltas(seen.text)).toBe(1);
    await clock.advance(49);
    expect(deltas(seen.text)).toBe(1);
    await clock.advance(1);
    expect(deltas(seen.text)).toBe(2);
    await clock.advance(150);
    expect(deltas(seen.text)).toBe(5);
    expect(seen.ended).toBe(true);
  });

  it('takes its two times from its name', async () => {
    const { clock, sandbox } = setUp();
    const body = { ...STREAMS['/messages'], model: 'slow-2000-100' };
    const seen = readAll(await sandbox(requestTo('/messages', body)));
    await clock.advance(1999);
    expect(seen.text).toBe('');
    await clock.advance(101);
    expect(deltas(seen.text)).toBe(2);
  });

  it('takes as long for choices and calls whole as streamed', async () => {
    for (const more of [{ n: 3 }, { tools: [{ type: 'function', function: { name: 'three' } }] }]) {
      const { clock, sandbox } = setUp();
      const body = { model: 'slow', messages, ...more };
      const seen = readAll(await sandbox(requestTo('/chat/completions', { ...body, stream: true })));
      let whole = false;
      void sandbox(requestTo('/chat/completions', body)).then(() => {
        whole = true;
      });
      while (!seen.ended) {
        expect(whole).toBe(false);
        await clock.advance(50);
      }
      expect(whole).toBe(true);
    }
  });

  it('holds back a whole answer as long as its stream would take', async () => {
    const { clock, sandbox } = setUp();
    let reply: UpstreamReply | null = null;
    void sandbox(requestTo('/chat/completions', { model: 'slow', messages })).then((one) => {
      reply = one;
    });
    await clock.advance(399);
    expect(reply).toBeNull();
    await clock.advance(1);
    expect(reply).not.toBeNull();
  });
});

describe('a fault in mid-stream', () => {
  it.each(PATHS)('fail-mid breaks %s after three deltas', async (path) => {
    const { clock, sandbox } = setUp();
    const seen = readAll(await sandbox(requestTo(path, { ...STREAMS[path], model: 'fail-mid' })));
    await clock.advance(0);
    expect(deltas(seen.text)).toBe(3);
    expect(seen.fault).toMatchObject({ name: 'UpstreamFault', kind: 'cut' });
  });

  it.each(PATHS)('fail-mid-error ends %s with an error event and no terminal one', async (path) => {
    const { clock, sandbox } = setUp();
    const seen = readAll(await sandbox(requestTo(path, { ...STREAMS[path], model: 'fail-mid-error' })));
    await clock.advance(0);
    expect(seen.ended).toBe(true);
    const last = parseEvents(seen.text).at(-1);
    const named = path === '/messages' || path === '/responses';
    expect(last?.event).toBe(named ? 'error' : null);
    expect(JSON.stringify(last?.data)).toMatch(/"message":"The sandbox failed in mid-stream/);
    expect(seen.text).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
  });

  it.each(PATHS)('hang-mid falls silent on %s, until the request is aborted', async (path) => {
    const { clock, sandbox } = setUp();
    const abort = new AbortController();
    const request = requestTo(path, { ...STREAMS[path], model: 'hang-mid' }, abort.signal);
    const seen = readAll(await sandbox(request));
    await clock.advance(3_600_000);
    expect(deltas(seen.text)).toBe(3);
    expect(seen.fault).toBeNull();
    abort.abort();
    await clock.advance(0);
    expect(seen.fault).toMatchObject({ kind: 'aborted' });
  });

  it('comes before the end of an answer that has fewer than three deltas', async () => {
    const { clock, sandbox } = setUp();
    const body = { ...STREAMS['/responses'], model: 'fail-mid', max_output_tokens: 1 };
    const seen = readAll(await sandbox(requestTo('/responses', body)));
    await clock.advance(0);
    expect(seen.fault).toMatchObject({ kind: 'cut' });
    expect(seen.text).not.toContain('response.incomplete');
  });

  it('leaves half of a body that is no stream', async () => {
    const { sandbox } = setUp();
    const reply = await sandbox(requestTo('/messages', { model: 'fail-mid', messages, max_tokens: 9 }));
    await expect(reply.collect(1e6)).rejects.toMatchObject({ kind: 'cut' });
    const failed = await sandbox(
      requestTo('/messages', { model: 'fail-mid-error', messages, max_tokens: 9 }),
    );
    expect(failed.status).toBe(500);
  });
});

describe('errors', () => {
  const CODES: Record<number, string> = { 401: 'invalid_api_key', 429: 'rate_limit_exceeded' };

  it.each([400, 401, 429, 500, 503, 529])(
    'fail-%i answers in the dialect of the endpoint',
    async (status) => {
      const { sandbox } = setUp();
      for (const path of PATHS) {
        const reply = await sandbox(requestTo(path, { ...STREAMS[path], model: `fail-${status}` }));
        expect(reply.status).toBe(status);
        expect(reply.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
        const type = expect.any(String);
        const message = `The sandbox fails with ${status}, as told.`;
        expect(await jsonOfReply(reply)).toEqual(
          path === '/messages'
            ? { type: 'error', error: { type, message }, request_id: expect.stringMatching(/^req_/) }
            : { error: { type, message, param: null, code: CODES[status] ?? null } },
        );
      }
    },
  );

  const MALFORMED: [path: string, body: object | string, param: string | null][] = [
    ['/chat/completions', 'no json', null],
    ['/chat/completions', '[1]', null],
    ['/chat/completions', { messages }, 'model'],
    ['/chat/completions', { model: 'echo' }, 'messages'],
    ['/chat/completions', { model: 'echo', messages: [] }, 'messages'],
    ['/chat/completions', { model: 'echo', messages: 'hi' }, 'messages'],
    ['/chat/completions', { model: 'echo', messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    ['/chat/completions', { model: 'echo', messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    ['/chat/completions', { model: 'echo', messages, n: 0 }, 'n'],
    ['/chat/completions', { model: 'echo', messages, n: 1000 }, 'n'],
    ['/chat/completions', { model: 'echo', messages, max_tokens: '9' }, 'max_tokens'],
    ['/chat/completions', { model: 'echo', messages, stream: 'yes' }, 'stream'],
    [
      '/chat/completions',
      { model: 'echo', messages, tool_choice: { type: 'function', function: { name: 'x' } } },
      'tool_choice',
    ],
    ['/chat/completions', { model: 'embed', messages }, 'model'],
    ['/completions', { model: 'echo' }, 'prompt'],
    ['/responses', { model: 'echo' }, 'input'],
    ['/responses', { model: 'echo', input: [] }, 'input'],
    ['/responses', { model: 'echo', input: 'x', max_output_tokens: 0 }, 'max_output_tokens'],
    ['/responses', { model: 'echo', input: 'x', previous_response_id: 'resp_none' }, 'previous_response_id'],
    ['/embeddings', { model: 'embed' }, 'input'],
    ['/embeddings', { model: 'embed', input: '' }, 'input'],
    ['/embeddings', { model: 'embed', input: 'x', dimensions: 0 }, 'dimensions'],
    ['/embeddings', { model: 'echo', input: 'x' }, 'model'],
  ];

  it.each(MALFORMED)('refuses on %s the body %j', async (path, body, param) => {
    const { sandbox } = setUp();
    const reply = await sandbox(requestTo(path, body));
    expect(reply.status).toBe(400);
    expect(await jsonOfReply(reply)).toMatchObject({ error: { type: 'invalid_request_error', param } });
  });

  it.each([
    { model: 'echo', messages },
    { model: 'echo', max_tokens: 9 },
    { model: 'echo', max_tokens: 9, messages: [{ role: 'user' }] },
    { model: 'echo', max_tokens: 9, messages, tool_choice: { type: 'tool', name: 'x' } },
  ])('refuses on /messages the body %j', async (body) => {
    const { sandbox } = setUp();
    const reply = await sandbox(requestTo('/messages', body));
    expect(reply.status).toBe(400);
    expect(await jsonOfReply(reply)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    });
  });

  it('refuses JSON that is nested too deeply', async () => {
    const { sandbox } = setUp();
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const body = `{"model":"echo","messages":[{"role":"user","content":"tool"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"x":${deep}}}}]}`;
    expect((await sandbox(requestTo('/chat/completions', body))).status).toBe(400);
  });

  it('answers any body with 200 or 400', async () => {
    const { sandbox } = setUp();
    const keys = [
      'messages',
      'input',
      'prompt',
      'tools',
      'tool_choice',
      'text',
      'response_format',
      'metadata',
    ];
    const body = fc.dictionary(fc.constantFrom(...keys, 'system', 'n', 'stop', 'max_tokens'), fc.jsonValue());
    const path = fc.constantFrom(...PATHS, '/embeddings', '/messages/count_tokens');
    const check = fc.asyncProperty(path, body, async (path, members) => {
      const model = path === '/embeddings' ? 'embed' : 'echo';
      const reply = await sandbox(
        requestTo(path, { ...STREAMS['/messages'], ...members, model, stream: false }),
      );
      expect([200, 400]).toContain(reply.status);
      expect(await jsonOfReply(reply)).toEqual(expect.any(Object));
    });
    await fc.assert(check, { numRuns: 300, seed: 1 });
  });

  it('answers 404 for a model, a path and a method that it does not know', async () => {
    const { sandbox } = setUp();
    const model = await sandbox(requestTo('/messages', { model: 'constructor', messages, max_tokens: 9 }));
    expect(model.status).toBe(404);
    expect(await jsonOfReply(model)).toMatchObject({ error: { type: 'not_found_error' } });
    for (const request of [requestTo('/audio/speech', {}), { ...requestTo('/models'), method: 'DELETE' }]) {
      const reply = await sandbox(request);
      expect(reply.status).toBe(404);
      expect(await jsonOfReply(reply)).toMatchObject({ error: { type: 'invalid_request_error' } });
    }
  });
});

describe('abort', () => {
  it.each(['hang', 'slow'])('rejects a call of %s that has no headers yet', async (model) => {
    const { clock, sandbox } = setUp();
    const abort = new AbortController();
    const call = sandbox(requestTo('/chat/completions', { model, messages }, abort.signal));
    const outcome = expect(call).rejects.toMatchObject({ name: 'UpstreamFault', kind: 'aborted' });
    await clock.advance(100);
    abort.abort();
    await outcome;
  });

  it('rejects a call that was aborted before', async () => {
    const { sandbox } = setUp();
    const request = requestTo('/chat/completions', { model: 'echo', messages }, AbortSignal.abort());
    await expect(sandbox(request)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('breaks a stream between two reads, and a collect', async () => {
    const { sandbox } = setUp();
    const abort = new AbortController();
    const request = requestTo('/messages', { ...STREAMS['/messages'], model: 'lorem' }, abort.signal);
    const reader = (await sandbox(request)).stream().getReader();
    const second = await sandbox(request);
    await reader.read();
    abort.abort();
    await expect(reader.read()).rejects.toMatchObject({ kind: 'aborted' });
    await expect(second.collect(1e6)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('leaves no timer and no listener when the reader goes away', async () => {
    const { clock, sandbox } = setUp();
    const after = vi.spyOn(clock, 'after');
    const abort = new AbortController();
    const added = vi.spyOn(abort.signal, 'addEventListener');
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    const request = requestTo('/messages', { ...STREAMS['/messages'], model: 'slow' }, abort.signal);
    const reader = (await sandbox(request)).stream().getReader();
    const read = reader.read();
    await clock.advance(10);
    await reader.cancel();
    await read;
    await clock.advance(10_000);
    expect(after).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  });
});

describe('a reply', () => {
  it('makes one event for each read', async () => {
    const { sandbox } = setUp();
    const body = { ...STREAMS['/chat/completions'], model: 'lorem', max_tokens: 1000 };
    const stream = (await sandbox(requestTo('/chat/completions', body))).stream();
    const reader = stream.getReader();
    let count = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      expect(decoder.decode(part.value).match(/\n\n/g)).toHaveLength(1);
      count += 1;
    }
    expect(count).toBe(1 + 1000 + 1 + 1);
  });

  it('refuses to collect more than it may', async () => {
    const { sandbox } = setUp();
    const reply = await sandbox(requestTo('/chat/completions', { model: 'lorem', messages }));
    await expect(reply.collect(100)).rejects.toMatchObject({ kind: 'too_large' });
  });

  it('may be given up unread', async () => {
    const { sandbox } = setUp();
    const reply = await sandbox(requestTo('/chat/completions', { model: 'hang-mid', messages }));
    expect(() => reply.discard()).not.toThrow();
  });

  it('is the same for the same clock', async () => {
    const ask = async (): Promise<string> => {
      const { sandbox } = setUp();
      return textOfReply(await sandbox(requestTo('/responses', { ...STREAMS['/responses'], model: 'echo' })));
    };
    expect(await ask()).toBe(await ask());
  });
});
