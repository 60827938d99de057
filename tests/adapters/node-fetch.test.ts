import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createUndiciFetch, type UndiciFetch } from '../../adapters/node/fetch.ts';
import { Bed, collectText, faultOf, readAll, readText } from '../contract/fetch/bed.ts';
import { fetchContract } from '../contract/fetch.ts';
import { until, within } from '../support/wait.ts';

fetchContract('undici', async () => createUndiciFetch({ connectTimeoutMs: 5_000 }));

describe('createUndiciFetch', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** The bed closes first: `close()` waits for calls under way. */
  function start(connectTimeoutMs = 5_000): { bed: Bed; upstream: UndiciFetch } {
    const upstream = createUndiciFetch({ connectTimeoutMs });
    const bed = new Bed(upstream.fetch);
    closers.push(() => bed.close(), upstream.close);
    return { bed, upstream };
  }

  it('gives up a connection that does not open in time', async () => {
    const { bed } = start(100);
    const silent = await bed.tcp((socket) => void socket.resume());
    const from = performance.now();
    expect(await faultOf(bed.call(silent.url.replace('http:', 'https:')))).toBe('connect_timeout');
    expect(performance.now() - from).toBeLessThan(2_000);
    await silent.connections[0]?.closed;
  });

  it('lets calls under way end when it closes, and takes no more', async () => {
    const { bed, upstream } = start();
    let end: () => void = () => {};
    const { url, connections } = await bed.http((_, response) => {
      response.write('one ');
      end = () => response.end('two');
    });
    const reply = await bed.call(url);
    const closed = upstream.close();
    expect(await faultOf(bed.call(url))).toBe('aborted');
    end();
    expect(await collectText(reply)).toBe('one two');
    await within('the driver closes', closed);
    await within('its connections close', Promise.all(connections.map(({ closed }) => closed)));
  });

  it('calls what cannot be sent protocol, and loses no connection over it', async () => {
    const { bed } = start();
    const { url, connections } = await bed.http((_, response) => void response.end('ok'));
    for (let i = 0; i < 20; i += 1) {
      expect(await faultOf(bed.call(url, { headers: { 'x-a': 'a\r\nb: c' } }))).toBe('protocol');
      expect(
        await faultOf(bed.call(url, { headers: { 'content-length': '7' }, method: 'POST', body: 'x' })),
      ).toBe('protocol');
    }
    for (const bad of ['', '/v1', 'http://', 'http://[::1', 'ftp://a/']) {
      expect(await faultOf(bed.call(bad))).toBe('protocol');
    }
    for (let i = 0; i < 5; i += 1) {
      expect(await collectText(await bed.call(url))).toBe('ok');
      await turn();
    }
    expect(connections.length).toBeLessThanOrEqual(2);
  });

  it('hears the signal of a call that waits for a connection, and spares the connection it would get', async () => {
    const { bed } = start();
    const full = 1024;
    const held: (() => void)[] = [];
    const upstream = await bed.http((request, response) => {
      if (request.url === '/held') held.push(() => void response.end('held'));
      else response.end('late');
    });
    const first = Array.from({ length: full }, async () =>
      collectText(await bed.fetch(heldRequest(upstream.url))),
    );
    await until('every connection is taken', () => held.length === full, { deadlineMs: 10_000 });
    const gone = new AbortController();
    const inLine = faultOf(bed.call(upstream.url, { signal: gone.signal }));
    const behind = bed.call(upstream.url).then((reply) => collectText(reply));
    gone.abort();
    expect(await inLine).toBe('aborted');
    expect(upstream.connections).toHaveLength(full);
    for (const end of held) end();
    expect(await behind).toBe('late');
    expect(new Set(await Promise.all(first))).toEqual(new Set(['held']));
    expect(upstream.connections).toHaveLength(full);
  });

  it('leaves a connection before the server does', async () => {
    const { bed } = start();
    const { url, connections } = await bed.bytes(
      'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok',
    );
    await collectText(await bed.call(url));
    await within('it is closed, as the promised second minus one is none', connections[0]?.closed ?? never());
  });

  it('gives a slow reader what came before the upstream broke, and then the fault', async () => {
    const { bed } = start();
    const { url, connections } = await bed.bytes('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfirst');
    const { signal } = new AbortController();
    const reader = (await bed.call(url, { signal })).stream().getReader();
    connections[0]?.socket.destroy();
    await until('the call is over', () => getEventListeners(signal, 'abort').length === 0);
    await readText(reader, 'first');
    expect(await faultOf(reader.read())).toBe('cut');
  });

  it('passes what gathered while nobody read as one chunk', async () => {
    const { bed } = start();
    const { url } = await bed.http((_, response) => {
      for (let i = 0; i < 100; i += 1) response.write(`data: ${i}\n\n`);
      response.end();
    });
    const reader = (await bed.call(url)).stream().getReader();
    let chunks = 0;
    let text = '';
    for (let got = await reader.read(); !got.done; got = await reader.read()) {
      chunks += 1;
      text += Buffer.from(got.value).toString();
      await turn();
    }
    expect(text).toBe(Array.from({ length: 100 }, (_, i) => `data: ${i}\n\n`).join(''));
    expect(chunks).toBeLessThan(50);
  });

  it('collects into a Uint8Array whose slice is a copy', async () => {
    const { bed } = start();
    const { url } = await bed.http((_, response) => void response.end('abc'));
    const bytes = await (await bed.call(url)).collect(3);
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  });

  it('gives out a body that came before anyone asked for it', async () => {
    const { bed } = start();
    const { url } = await bed.http((_, response) => void response.end('x'.repeat(500_000)));
    const reply = await bed.call(url);
    await turn();
    await turn();
    expect(await readAll(reply.stream())).toHaveLength(500_000);
  });
});

function heldRequest(url: string) {
  const { signal } = new AbortController();
  return { url: `${url}/held`, method: 'GET', headers: {}, body: null, signal };
}

function never(): Promise<never> {
  return Promise.reject(new Error('there was no connection'));
}
