import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  badGzip,
  contentLengthLie,
  cutAfter,
  garbage,
  goodGzip,
  hangAfter,
  hangBeforeHeaders,
  html,
  json,
  redirect,
  slowlyForever,
  sse,
  startFaultUpstream,
  status429,
} from './fault-upstream.ts';
import { parseEvents, send, sendRaw } from './http-client.ts';
import { writePieces } from './pieces.ts';
import { listen, unusedPort } from './ports.ts';
import { type ReplayUpstream, startReplayUpstream } from './replay-upstream.ts';
import { until, within } from './wait.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function kept<T extends { close(): Promise<void> }>(thing: T): T {
  closing.push(() => thing.close());
  return thing;
}

const EVENTS = [{ data: { text: 'grüße 🌍' } }, ': comment', { event: 'end', data: 'two\nlines' }];
const EVENTS_TEXT = 'data: {"text":"grüße 🌍"}\n\n: comment\n\nevent: end\ndata: two\ndata: lines\n\n';

describe('the replay upstream', () => {
  const headers = { 'content-type': 'text/event-stream', connection: 'keep-alive', 'x-request-id': 'req_1' };
  const stream = { response: { status: 200, headers, sse: EVENTS_TEXT }, responseText: EVENTS_TEXT };
  const start = async (): Promise<ReplayUpstream> => kept(await startReplayUpstream());

  it.each([1, 7, 64, 'whole'] as const)('sends a stream in chunks of %s bytes', async (chunkSize) => {
    const upstream = await start();
    upstream.serve(stream, { chunkSize });
    const raw = await sendRaw(upstream.url, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const [head = '', ...rest] = raw.split('\r\n\r\n');
    expect(head).toContain('transfer-encoding: chunked');
    expect(head).not.toContain('keep-alive');
    const { sizes, bytes } = dechunk(Buffer.from(rest.join('\r\n\r\n'), 'latin1'));
    expect(bytes.toString()).toBe(EVENTS_TEXT);
    const length = Buffer.byteLength(EVENTS_TEXT);
    const size = chunkSize === 'whole' ? length : chunkSize;
    expect(sizes.slice(0, -1).every((each) => each === size)).toBe(true);
    expect(sizes).toHaveLength(Math.ceil(length / size));
  });

  it('sends each chunk as a write of its own', async () => {
    let writes = 0;
    const server = createServer(async (_, response) => {
      const { socket } = response;
      if (socket !== null)
        vi.spyOn(socket, '_writev').mockImplementation((_chunks, done) => done(void writes++));
      await writePieces(response, Buffer.alloc(500), 1);
      response.destroy();
    });
    const { url } = kept(await listen(server));
    await expect(send(url)).rejects.toThrow();
    expect(writes).toBe(500);
  });

  it('sends JSON with its length and keeps what it received', async () => {
    const upstream = await start();
    const responseText = '{ "model" : "ü", "n": 1.0 }';
    const serving = upstream.serve({
      response: { status: 429, headers: { 'content-type': 'application/json', date: 'then' } },
      responseText,
    });
    const sent = Buffer.from('{"a" :1.0}');
    const response = await send(`${upstream.url}/v1/x?y=1`, {
      body: sent,
      headers: ['X-One', 'a', 'x-one', 'b'],
    });
    expect(response.status).toBe(429);
    expect(response.headers).toMatchObject({ 'content-length': '28', date: 'then' });
    expect(await response.text()).toBe(responseText);
    expect(serving.received).toMatchObject({ method: 'POST', path: '/v1/x?y=1' });
    expect(serving.received?.body.equals(sent)).toBe(true);
    expect(serving.received?.rawHeaders.slice(2, 6)).toEqual(['X-One', 'a', 'x-one', 'b']);
  });

  it('gives each request the answer that is meant for it', async () => {
    const upstream = await start();
    const reply = (responseText: string) => ({ response: { status: 200, headers: {} }, responseText });
    upstream.serve(reply('"b"'), { when: ({ path }) => path === '/b' });
    upstream.serve(reply('"a"'), { when: ({ path }) => path === '/a' });
    expect(await (await send(`${upstream.url}/a`)).text()).toBe('"a"');
    expect(await (await send(`${upstream.url}/b`)).text()).toBe('"b"');
    const third = await send(`${upstream.url}/a`);
    expect(third.status).toBe(400);
    expect(await third.text()).toContain('nothing is served for GET /a');
    expect(upstream.journal).toHaveLength(3);
  });

  it('breaks the connection off after the last byte', async () => {
    const upstream = await start();
    upstream.serve(stream, { chunkSize: 7, ending: 'destroy' });
    const { bytes, cut } = await (await send(upstream.url)).read();
    expect([bytes.toString(), cut]).toEqual([EVENTS_TEXT, true]);
  });

  it('stops when the reader leaves', async () => {
    const upstream = await start();
    const serving = upstream.serve(
      { response: stream.response, responseText: 'x'.repeat(50_000_000) },
      { chunkSize: 65_536 },
    );
    const response = await send(upstream.url);
    for await (const _ of response.chunks()) break;
    response.abort();
    await until('the upstream is free for the next call', async () => {
      upstream.serve(stream);
      return (await (await send(upstream.url)).text()) === EVENTS_TEXT;
    });
    expect(serving.sent).toBe(false);
  });
});

describe('the fault upstream', () => {
  const start = async (...behaviours: Parameters<typeof startFaultUpstream>) =>
    kept(await startFaultUpstream(...behaviours));

  it('answers in turn, the last behaviour again and again', async () => {
    const upstream = await start(status429('7'), html(503), json(200, { ok: true }));
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await send(upstream.url, { body: `${i}` })).status);
    expect(statuses).toEqual([429, 503, 200, 200]);
    expect(upstream.journal.map(({ body }) => body.toString())).toEqual(['0', '1', '2', '3']);
    upstream.script(redirect('http://127.0.0.1/elsewhere'));
    const moved = await send(upstream.url);
    expect([moved.status, moved.headers.location]).toEqual([302, 'http://127.0.0.1/elsewhere']);
  });

  it.each([{ chunkSize: 1 }, { chunkSize: 7, crlf: true }, { delayMs: 5 }])(
    'streams events with %j',
    async (options) => {
      const upstream = await start(sse(EVENTS, options));
      const seen = await collect((await send(upstream.url)).events());
      expect(seen).toEqual([
        { event: 'message', data: '{"text":"grüße 🌍"}' },
        { event: 'end', data: 'two\nlines' },
      ]);
    },
  );

  it('breaks the connection after some events', async () => {
    const upstream = await start(cutAfter(EVENTS));
    const { bytes, cut } = await (await send(upstream.url)).read();
    expect([bytes.toString(), cut]).toEqual([EVENTS_TEXT, true]);
  });

  it('breaks the connection in the middle of a character', async () => {
    const upstream = await start(cutAfter(EVENTS, { bytes: 20 }));
    const { bytes, cut } = await (await send(upstream.url)).read();
    expect([bytes.equals(Buffer.from(EVENTS_TEXT).subarray(0, 20)), cut]).toEqual([true, true]);
  });

  it('ends cleanly too early', async () => {
    const upstream = await start(cutAfter(EVENTS, { bytes: 30, how: 'clean' }));
    expect(await (await send(upstream.url)).read()).toMatchObject({ cut: false, bytes: { length: 30 } });
  });

  it('tells when the client left, before the headers and in a stream', async () => {
    const upstream = await start(hangBeforeHeaders, hangAfter(EVENTS));
    const leave = new AbortController();
    const unanswered = expect(send(upstream.url, { signal: leave.signal })).rejects.toThrow('aborted');
    const first = await until('the request has come', () => upstream.journal[0]);
    const leftAt = performance.now();
    leave.abort();
    await unanswered;
    expect((await within('the upstream sees the abort', first.aborted)) - leftAt).toBeLessThan(500);

    const response = await send(upstream.url);
    for await (const event of response.events()) if (event.event === 'end') break;
    response.abort();
    await within('the upstream sees the abort', upstream.journal[1]?.aborted ?? Promise.reject());
  });

  it('does not take its own endings for the client leaving', async () => {
    const upstream = await start(
      json(200, {}),
      sse(EVENTS),
      cutAfter(EVENTS),
      garbage(),
      contentLengthLie('{}'),
      hangAfter([]),
    );
    for (let i = 0; i < 5; i++)
      await send(upstream.url).then(
        (response) => response.read(),
        () => null,
      );
    const hanging = await send(upstream.url);
    await upstream.close();
    expect((await hanging.read()).cut).toBe(true);
    const aborted = Promise.race(upstream.journal.map((call) => call.aborted));
    await expect(within('nobody left', aborted, 50)).rejects.toThrow('not within 50 ms: nobody left');
    expect(upstream.journal).toHaveLength(6);
  });

  it('sends what is not HTTP and not gzip, and less than it promised', async () => {
    const upstream = await start(garbage(), badGzip, goodGzip({ a: 1 }), contentLengthLie('{"a":'));
    await expect(send(upstream.url)).rejects.toThrow(/Parse Error/);
    const bad = await send(upstream.url);
    expect(bad.headers['content-encoding']).toBe('gzip');
    const good = await send(upstream.url);
    expect((await good.bytes()).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    const lie = await send(upstream.url);
    expect(lie.headers['content-length']).toBe('105');
    expect(await lie.read()).toEqual({ bytes: Buffer.from('{"a":'), cut: true });
  });

  it('is held up by a reader that does not read', async () => {
    const upstream = await start(slowlyForever({ data: 'x'.repeat(65_536) }));
    const response = await send(upstream.url);
    const call = await until('the request has come', () => upstream.journal[0]);
    const stalledAt = await until('it is stalled', async () => {
      const before = call.pushed;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return call.pushed > 0 && call.pushed === before && before;
    });
    expect(stalledAt).toBeLessThan(64 * 1024 * 1024);
    let read = 0;
    for await (const chunk of response.chunks()) {
      read += chunk.length;
      if (read > stalledAt + 1_000_000) break;
    }
    expect(call.pushed).toBeGreaterThan(stalledAt);
    response.abort();
    await within('the upstream sees the abort', call.aborted);
  });
});

describe('the raw client', () => {
  it('uploads chunk by chunk', async () => {
    const upstream = kept(await startFaultUpstream(json(200, {})));
    async function* body() {
      yield 'one ';
      yield Buffer.from('two');
    }
    expect((await send(upstream.url, { body: body() })).status).toBe(200);
    expect(upstream.journal[0]).toMatchObject({
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(upstream.journal[0]?.body.toString()).toBe('one two');
  });

  it('stops an endless upload when the server refuses early', async () => {
    const refusing = createServer((_, response) => {
      response.writeHead(413, { connection: 'close' }).end('too large', () => response.socket?.destroySoon());
    });
    const { url } = kept(await listen(refusing));
    async function* endless() {
      for (;;) yield Buffer.alloc(65_536);
    }
    const outcome = await within(
      'an end',
      send(url, { body: endless() }).then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? '',
      ),
    );
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(outcome);
  });

  it('reports a refused connection', async () => {
    await expect(send(`http://127.0.0.1:${await unusedPort()}`)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['\n', '\r\n', '\r'])('reads events with %j as line end, byte by byte', async (end) => {
    const text = 'event: a\ndata: 1\ndata:2\n\n: c\n\ndata: é\n\n\n'.replaceAll('\n', end);
    async function* bytes() {
      for (const byte of Buffer.from(`${text}data: unfinished`)) yield Uint8Array.of(byte);
    }
    expect(await collect(parseEvents(bytes()))).toEqual([
      { event: 'a', data: '1\n2' },
      { event: 'message', data: 'é' },
    ]);
  });
});

describe('waiting', () => {
  it('names what it waited for', async () => {
    const never = until(
      'the moon',
      () => {
        throw new Error('no moon');
      },
      { deadlineMs: 20 },
    );
    await expect(never).rejects.toMatchObject({
      message: 'waited 20 ms in vain: the moon',
      cause: { message: 'no moon' },
    });
  });

  it('answers with what it found', async () => {
    let asked = 0;
    expect(await until('three', () => ++asked === 3 && asked)).toBe(3);
    expect(await within('an answer', Promise.resolve(0))).toBe(0);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** RFC 9112 section 7.1 */
function dechunk(wire: Buffer): { sizes: number[]; bytes: Buffer } {
  const sizes: number[] = [];
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = wire.indexOf('\r\n', at);
    const size = Number.parseInt(wire.toString('latin1', at, lineEnd), 16);
    if (size === 0) return { sizes, bytes: Buffer.concat(parts) };
    sizes.push(size);
    parts.push(wire.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
