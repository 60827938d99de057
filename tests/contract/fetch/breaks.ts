import type { Socket } from 'node:net';
import { expect } from 'vitest';
import { unusedPort } from '../../support/ports.ts';
import { until } from '../../support/wait.ts';
import { type FetchTest, faultOf, readAll, readText } from './bed.ts';

const SIZED = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfirst';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n';

const CUTS: readonly (readonly [string, string, (socket: Socket) => void])[] = [
  ['a body shorter than its content-length', SIZED, (socket) => socket.end()],
  ['a chunked body without its last chunk', CHUNKED, (socket) => socket.end()],
  ['a chunked body that stops inside a chunk', `${CHUNKED}10\r\nsec`, (socket) => socket.end()],
  ['a reset after the headers', CHUNKED, (socket) => void socket.resetAndDestroy()],
  [
    'a chunked body without its last chunk on a connection that was to close',
    CHUNKED.replace('\r\n', '\r\nconnection: close\r\n'),
    (socket) => socket.end(),
  ],
  [
    'a short body on a connection that was to close',
    SIZED.replace('\r\n', '\r\nconnection: close\r\n'),
    (socket) => socket.end(),
  ],
];

const NO_ANSWERS: readonly (readonly [string, string, (socket: Socket) => void])[] = [
  ['a connection closed without a word', '', (socket) => socket.end()],
  ['a reset without a word', '', (socket) => void socket.resetAndDestroy()],
  ['headers that stop half-way', 'HTTP/1.1 200 OK\r\ncontent-ty', (socket) => socket.end()],
];

const NOT_HTTP: readonly (readonly [string, string])[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a broken status line', 'HTTP/1.1 abc OK\r\n\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(100_000)}\r\n`],
  ['two different lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na'],
];

export function breakTests(test: FetchTest): void {
  for (const [title, answer, end] of CUTS) {
    test(`says cut of ${title}`, async (bed) => {
      // What breaks the answer waits until its beginning was read.
      const { url, connections } = await bed.bytes(answer);
      const streamed = (await bed.call(url)).stream().getReader();
      await readText(streamed, answer.endsWith('sec') ? 'firstsec' : 'first');
      connections.forEach(({ socket }) => void end(socket));
      expect(await faultOf(streamed.read())).toBe('cut');

      const reply = await bed.call(url);
      const collected = faultOf(reply.collect(1_000));
      connections.slice(1).forEach(({ socket }) => void end(socket));
      expect(await collected).toBe('cut');
    });
  }

  for (const [title, answer, end] of NO_ANSWERS) {
    test(`says reset of ${title}, and does not try again`, async (bed) => {
      for (const method of ['GET', 'POST']) {
        const upstream = await bed.bytes(answer, end);
        expect(await faultOf(bed.call(upstream.url, { method, body: method === 'POST' ? 'b' : null }))).toBe(
          'reset',
        );
        expect(upstream.connections).toHaveLength(1);
      }
    });
  }

  for (const [title, answer] of NOT_HTTP) {
    test(`says protocol of ${title}`, async (bed) => {
      const { url } = await bed.bytes(answer);
      expect(await faultOf(bed.call(url))).toBe('protocol');
    });
  }

  test('says protocol of a chunk whose length is no number', async (bed) => {
    const { url, connections } = await bed.bytes(CHUNKED);
    const reader = (await bed.call(url)).stream().getReader();
    await readText(reader, 'first');
    connections[0]?.socket.write('xyz\r\nsecond\r\n');
    expect(await faultOf(reader.read())).toBe('protocol');
  });

  test('says refused of a port where nobody listens', async (bed) => {
    expect(await faultOf(bed.call(`http://127.0.0.1:${await unusedPort()}`))).toBe('refused');
  });

  test('says dns of a name that cannot be resolved', async (bed) => {
    expect(await faultOf(bed.call('http://nonexistent.invalid/'))).toBe('dns');
  });

  test('says tls of a certificate that nobody vouches for', async (bed) => {
    const { url } = await bed.https((_, response) => {
      response.end('secret');
    });
    expect(await faultOf(bed.call(url))).toBe('tls');
  });

  test('works again once the upstream does', async (bed) => {
    let broken = true;
    const upstream = await bed.http((_, response) => {
      if (broken) response.destroy();
      else response.end('ok');
    });
    for (let i = 0; i < 5; i += 1) expect(await faultOf(bed.call(upstream.url))).toBe('reset');
    broken = false;
    await until('an answer', async () => (await bed.call(upstream.url)).status === 200);
    expect((await readAll((await bed.call(upstream.url)).stream())).toString()).toBe('ok');
  });
}
