import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEdgeFetch } from '../../adapters/edge/fetch.ts';
import { Bed, connectionOf, expectClosed, readText } from '../contract/fetch/bed.ts';
import type { ProbeResult, ProbeTask } from '../contract/fetch/workerd-probe.ts';
import { fetchContract } from '../contract/fetch.ts';
import { unusedPort } from '../support/ports.ts';
import { within } from '../support/wait.ts';

fetchContract("the global fetch, on Node's", async () => ({ fetch: createEdgeFetch() }), {
  connecting: 'the platform opens connections by itself, and goes on when the call is aborted',
  listeners: 'the platform lets go of a signal when its request is garbage',
  truncation: 'the platform flushes what it has and does not look for the end',
  rareEncodings: 'workerd undoes gzip and br only, and no platform says what it undid',
});

/** The signal and the errors of a Worker never leave it, so here a probe within workerd does the calling. */
describe('Fetch: the global fetch, in workerd', () => {
  let miniflare: Miniflare;
  let probeUrl: URL;
  const bed = new Bed(() => Promise.reject(new Error('the probe calls, not the test')));

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('../contract/fetch/workerd-probe.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      target: 'es2024',
    });
    miniflare = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script: outputFiles[0]?.text ?? '',
        compatibilityDate: '2026-10-23',
        compatibilityFlags: ['enable_request_signal'],
        host: '127.0.0.1',
        port: 0,
        cf: false,
        handleStructuredLogs: () => {},
      }),
    );
    probeUrl = await within('workerd listens', miniflare.ready, 20_000);
  });
  afterAll(async () => {
    await bed.close();
    await miniflare.dispose();
  });

  async function probe(task: ProbeTask): Promise<ProbeResult> {
    const response = await within(
      'the probe',
      fetch(probeUrl, { method: 'POST', body: JSON.stringify(task) }),
    );
    return (await response.json()) as ProbeResult;
  }

  const OPEN = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n';

  it('gives status, headers and body, and follows no redirect', async () => {
    const { url } = await bed.http((request, response) => {
      response.writeHead(302, { location: '/elsewhere', 'x-a': 'b' });
      request.pipe(response);
    });
    const result = await probe({ url, body: 'Gr\u00fc\u00dfe', read: 'collect' });
    expect(result).toMatchObject({
      status: 302,
      text: 'Gr\u00fc\u00dfe',
      headers: { location: '/elsewhere', 'x-a': 'b' },
    });
  });

  it('gives each event before the next is sent', async () => {
    let send: (text: string) => void = () => {};
    const { url } = await bed.http((_, response) => {
      send = (text) => void response.write(text);
      send('data: 1\n\n');
    });
    const body = JSON.stringify({ url, read: 'pass' } satisfies ProbeTask);
    const { body: stream } = await within('the stream', fetch(probeUrl, { method: 'POST', body }));
    if (stream === null) throw new Error('the probe answered without a body');
    const reader = stream.getReader();
    await readText(reader, 'data: 1\n\n');
    send('data: 2\n\n');
    await readText(reader, 'data: 2\n\n');
    await reader.cancel();
  });

  it('undoes gzip, and says so by leaving its headers out', async () => {
    const { url } = await bed.http((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('whole'));
    });
    const { text, headers } = await probe({ url, read: 'collect' });
    expect(text).toBe('whole');
    expect(Object.keys(headers ?? {})).not.toContain('content-encoding');
  });

  it('says encoding of what is not gzip, and of a name it does not know', async () => {
    for (const name of ['gzip', 'aes128gcm']) {
      const { url } = await bed.http((_, response) => {
        response.setHeader('content-encoding', name).end('{"not":"gzip"}');
      });
      expect(await probe({ url, read: 'collect' })).toMatchObject({ fault: 'encoding' });
    }
  });

  it('does not fall for a gzip bomb', async () => {
    const { url } = await bed.http((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(100 * 1_048_576)));
    });
    expect(await probe({ url, read: 'collect', maxBytes: 1_000_000 })).toMatchObject({ fault: 'too_large' });
  });

  it('says cut of a body that breaks off, by its length and by its chunks', async () => {
    for (const answer of ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfirst', OPEN]) {
      const { url } = await bed.bytes(answer, (socket) => socket.end());
      for (const read of ['collect', 'stream'] as const) {
        expect(await probe({ url, read }), `${read} ${answer}`).toMatchObject({ fault: 'cut' });
      }
      expect(await probe({ url, read: 'tap' })).toMatchObject({ text: 'first broken', told: ['fail cut'] });
    }
  });

  it('says reset of a connection closed without an answer', async () => {
    const { url } = await bed.bytes('', (socket) => socket.end());
    expect(await probe({ url, read: 'collect' })).toMatchObject({ fault: 'reset' });
  });

  it('gives a fault for what is no upstream at all', async () => {
    const garbage = await bed.bytes('SSH-2.0-OpenSSH_9.6\r\n', (socket) => socket.end());
    const { url: selfSigned } = await bed.https((_, response) => void response.end());
    const urls = [garbage.url, selfSigned, `http://127.0.0.1:${await unusedPort()}`, 'no url'];
    const faults = await Promise.all(urls.map(async (url) => (await probe({ url, read: 'collect' })).fault));
    // workerd calls all of them an internal error, and tells the reason to its own log only.
    expect(faults).toEqual(['reset', 'reset', 'reset', 'protocol']);
  });

  it('closes the connection of what is cancelled, discarded or too large', async () => {
    for (const read of ['cancel', 'discard', 'collect'] as const) {
      const upstream = await bed.bytes(OPEN);
      const result = await probe({ url: upstream.url, read, maxBytes: 1 });
      await expectClosed(await connectionOf(upstream), () => {});
      expect(result.fault).toBe(read === 'collect' ? 'too_large' : undefined);
    }
  });

  it('closes the connection when the signal fires, before and after the headers', async () => {
    const silent = await bed.http(() => {});
    expect(await probe({ url: silent.url, read: 'collect', abortAfterMs: 50 })).toMatchObject({
      fault: 'aborted',
    });
    await expectClosed(await connectionOf(silent), () => {});

    const open = await bed.bytes(OPEN);
    expect(await probe({ url: open.url, read: 'abort' })).toMatchObject({ text: 'first', fault: 'aborted' });
    await expectClosed(await connectionOf(open), () => {});
  });
});
