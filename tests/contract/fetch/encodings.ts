import {
  brotliCompressSync,
  constants,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { expect } from 'vitest';
import type { UpstreamReply } from '../../../src/ports/fetch.ts';
import { type Bed, collectText, expectClosed, type FetchTest, faultOf, readAll, readText } from './bed.ts';

const TEXT = '{"a":"Gr\u00fc\u00dfe"}'.repeat(2_000);
const CODED: Readonly<Record<string, readonly Uint8Array[]>> = {
  gzip: [gzipSync(TEXT)],
  br: [brotliCompressSync(TEXT)],
};
const RARE: Readonly<Record<string, readonly Uint8Array[]>> = {
  'x-gzip': [gzipSync(TEXT)],
  deflate: [deflateSync(TEXT), deflateRawSync(TEXT)],
  zstd: [zstdCompressSync(TEXT)],
};

async function answer(bed: Bed, encoding: string, body: Uint8Array): Promise<() => Promise<UpstreamReply>> {
  const { url } = await bed.http((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length }).end(body);
  });
  return () => bed.call(url);
}

async function expectUndone(bed: Bed, encoding: string, body: Uint8Array): Promise<void> {
  const call = await answer(bed, encoding, body);
  const reply = await call();
  expect(reply.headers.get('content-encoding')).toBeNull();
  expect(reply.headers.get('content-length')).toBeNull();
  reply.headers.forEach((_, name) => {
    expect(name).not.toMatch(/^content-(encoding|length)$/);
  });
  expect(await collectText(reply)).toBe(TEXT);
  expect((await readAll((await call()).stream())).toString()).toBe(TEXT);
}

export function encodingTests(test: FetchTest): void {
  test('undoes gzip and br', async (bed) => {
    for (const [encoding, bodies] of Object.entries(CODED)) {
      for (const body of bodies) await expectUndone(bed, encoding, body);
    }
  });

  test(
    'undoes x-gzip, both kinds of deflate, and zstd',
    async (bed) => {
      for (const [encoding, bodies] of Object.entries(RARE)) {
        for (const body of bodies) await expectUndone(bed, encoding, body);
      }
    },
    'rareEncodings',
  );

  test('takes identity, and an encoding of nothing, as they are', async (bed) => {
    expect(await collectText(await (await answer(bed, 'identity', Buffer.from('x')))())).toBe('x');
    const { url } = await bed.http((_, response) => {
      response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    });
    expect(await collectText(await bed.call(url))).toBe('');
  });

  test('gives compressed events as they come', async (bed) => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    const { url } = await bed.http((_, response) => {
      response.setHeader('content-encoding', 'gzip').flushHeaders();
      gzip.pipe(response);
    });
    const reader = (await bed.call(url)).stream().getReader();
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      gzip.write(text);
      await readText(reader, text);
    }
    gzip.end();
    expect((await reader.read()).done).toBe(true);
  });

  test('says encoding of what is not what it says it is', async (bed) => {
    const wrongSum = gzipSync(TEXT);
    wrongSum[wrongSum.length - 8]! ^= 1;
    for (const body of [Buffer.from('{"not":"gzip"}'), wrongSum]) {
      const call = await answer(bed, 'gzip', body);
      expect(await faultOf((await call()).collect(1_000_000))).toBe('encoding');
      expect(await faultOf(readAll((await call()).stream()))).toBe('encoding');
    }
  });

  test('says encoding of a name it does not know', async (bed) => {
    for (const encoding of ['aes128gcm', 'gzip, br']) {
      const call = await answer(bed, encoding, Buffer.from('?'));
      expect(await faultOf(call().then((reply) => reply.collect(1_000)))).toBe('encoding');
    }
  });

  test(
    'says encoding of a compressed body that stops short of its end',
    async (bed) => {
      const call = await answer(bed, 'gzip', gzipSync(TEXT).subarray(0, -9));
      expect(await faultOf((await call()).collect(1_000_000))).toBe('encoding');
    },
    'truncation',
  );

  test('says cut when the connection breaks inside a compressed body', async (bed) => {
    const body = gzipSync(TEXT);
    const { url } = await bed.http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length });
      response.write(body.subarray(0, 50), () => response.destroy());
    });
    expect(await faultOf((await bed.call(url)).collect(1_000_000))).toBe('cut');
  });

  test('counts a limit in bytes as they are decompressed, and does not fall for a bomb', async (bed) => {
    // 200 MiB of nothing, in 200 kB.
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576), { level: 9 });
    const upstream = await bed.http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(bomb);
    });
    const before = process.memoryUsage().rss;
    expect(await faultOf((await bed.call(upstream.url)).collect(1_000_000))).toBe('too_large');
    await upstream.connections[0]?.closed;
    const stream = (await bed.call(upstream.url)).stream();
    const reader = stream.getReader();
    await reader.read();
    expect(process.memoryUsage().rss - before, 'bytes more in memory').toBeLessThan(60_000_000);
    const [, second] = upstream.connections;
    if (second !== undefined) await expectClosed(second, () => void reader.cancel());
  });
}
