import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { unusedPort } from '../../support/ports.ts';
import { until } from '../../support/wait.ts';
import {
  collectText,
  connectionOf,
  expectClosed,
  type FetchTest,
  faultOf,
  readAll,
  readText,
} from './bed.ts';

const OPEN = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n';

export function abortTests(test: FetchTest): void {
  test('does not begin with a signal that has fired', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    expect(await faultOf(bed.call(upstream.url, { signal: AbortSignal.abort() }))).toBe('aborted');
    expect(upstream.connections).toHaveLength(0);
  });

  test(
    'hears the signal while it connects',
    async (bed) => {
      // It takes the connection and never answers the TLS handshake.
      const upstream = await bed.tcp((socket) => void socket.resume());
      const gone = new AbortController();
      const call = faultOf(bed.call(upstream.url.replace('http:', 'https:'), { signal: gone.signal }));
      await expectClosed(await connectionOf(upstream), () => gone.abort());
      expect(await call).toBe('aborted');
    },
    'connecting',
  );

  test('hears the signal at once, in the same turn as the call', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const gone = new AbortController();
    const call = faultOf(bed.call(upstream.url, { signal: gone.signal }));
    gone.abort();
    expect(await call).toBe('aborted');
  });

  test('hears the signal while it waits for headers', async (bed) => {
    const asked = Promise.withResolvers<void>();
    const upstream = await bed.http(() => asked.resolve());
    const gone = new AbortController();
    const call = faultOf(bed.call(upstream.url, { signal: gone.signal }));
    await asked.promise;
    await expectClosed(await connectionOf(upstream), () => gone.abort());
    expect(await call).toBe('aborted');
  });

  test('hears the signal while a read waits', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const gone = new AbortController();
    const reader = (await bed.call(upstream.url, { signal: gone.signal })).stream().getReader();
    await readText(reader, 'first');
    const read = faultOf(reader.read());
    await expectClosed(await connectionOf(upstream), () => gone.abort());
    expect(await read).toBe('aborted');
  });

  test('hears the signal while nobody reads, and gives out nothing after it', async (bed) => {
    const upstream = await bed.http((_, response) => {
      for (let i = 0; i < 100; i += 1) response.write(Buffer.alloc(65_536));
    });
    const gone = new AbortController();
    const stream = (await bed.call(upstream.url, { signal: gone.signal })).stream();
    const connection = await connectionOf(upstream);
    await until('there is something to read', () => connection.socket.bytesWritten > 1_000_000);
    await expectClosed(connection, () => gone.abort());
    expect(await faultOf(stream.getReader().read())).toBe('aborted');
  });

  test('hears the signal while it collects', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const gone = new AbortController();
    const whole = faultOf((await bed.call(upstream.url, { signal: gone.signal })).collect(1_000));
    await expectClosed(await connectionOf(upstream), () => gone.abort());
    expect(await whole).toBe('aborted');
  });

  test('hears the signal before anyone has asked for the body', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const gone = new AbortController();
    const reply = await bed.call(upstream.url, { signal: gone.signal });
    await expectClosed(await connectionOf(upstream), () => gone.abort());
    expect(await faultOf(reply.collect(1_000))).toBe('aborted');
  });

  test('hears the signal while it decompresses', async (bed) => {
    const upstream = await bed.http((_, response) => {
      response.setHeader('content-encoding', 'gzip').write(gzipSync('first').subarray(0, 15));
    });
    const gone = new AbortController();
    const whole = faultOf((await bed.call(upstream.url, { signal: gone.signal })).collect(1_000));
    await expectClosed(await connectionOf(upstream), () => gone.abort());
    expect(await whole).toBe('aborted');
  });

  test('hears a signal that many calls share', async (bed) => {
    const upstream = await bed.http(() => {});
    const gone = new AbortController();
    const calls = Array.from({ length: 50 }, () => faultOf(bed.call(upstream.url, { signal: gone.signal })));
    await until('all are connected', () => upstream.connections.length === 50);
    gone.abort();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['aborted']));
    await Promise.all(upstream.connections.map(({ closed }) => closed));
  });

  test('does not mind a signal that fires after the end', async (bed) => {
    const upstream = await bed.http((_, response) => {
      response.end('whole');
    });
    const gone = new AbortController();
    expect(await collectText(await bed.call(upstream.url, { signal: gone.signal }))).toBe('whole');
    gone.abort();
    expect(await collectText(await bed.call(upstream.url))).toBe('whole');
  });

  test(
    'lets go of the signal, however a call ends',
    async (bed) => {
      const { signal } = new AbortController();
      const fine = await bed.http((_, response) => {
        response.end('whole');
      });
      const open = await bed.bytes(OPEN);
      const cut = await bed.bytes(OPEN, (socket) => socket.destroy());
      const call = (url: string) => bed.call(url, { signal });

      await collectText(await call(fine.url));
      await readAll((await call(fine.url)).stream());
      (await call(open.url)).discard();
      await (await call(open.url)).stream().cancel();
      await faultOf((await call(open.url)).collect(1));
      await faultOf((await call(cut.url)).collect(1_000));
      await faultOf(call(`http://127.0.0.1:${await unusedPort()}`));
      await faultOf(call('no url'));
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    },
    'listeners',
  );
}
