import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { StreamTap } from '../../../src/ports/fetch.ts';
import { until } from '../../support/wait.ts';
import { connectionOf, expectClosed, type FetchTest, readAll, readText } from './bed.ts';

const EVENTS =
  'data: Gr\u00fc\u00dfe \u{1f511}\r\n\r\n: ping\r\n\r\ndata: {"a":"\u4e2d"}\n\ndata: [DONE]\n\n';
const OPEN = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n';

/** A tap that writes down what it is told. */
function spyTap(over: Partial<StreamTap> = {}) {
  const log: string[] = [];
  const tap: StreamTap = {
    chunk(bytes) {
      log.push(`chunk ${Buffer.from(bytes).toString()}`);
      return over.chunk === undefined ? bytes : over.chunk(bytes);
    },
    end() {
      log.push('end');
      return over.end?.() ?? null;
    },
    fail(fault) {
      log.push(`fail ${fault instanceof Error && 'kind' in fault ? fault.kind : String(fault)}`);
      return over.fail?.(fault) ?? null;
    },
    cancel: () => void log.push('cancel'),
    waiting: (isWaiting) => void log.push(isWaiting ? 'wait' : 'go'),
  };
  /** Without the waiting, whose number depends on how the bytes happen to arrive. */
  const told = () => log.filter((entry) => entry !== 'wait' && entry !== 'go');
  return { tap, log, told };
}

export function streamTests(test: FetchTest): void {
  test('passes events in pieces of one byte, line ends and torn characters as they are', async (bed) => {
    const { url } = await bed.http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of Buffer.from(EVENTS)) response.write(Uint8Array.of(byte));
      response.end();
    });
    const { tap, told } = spyTap();
    expect((await readAll((await bed.call(url)).stream())).toString()).toBe(EVENTS);
    expect((await readAll((await bed.call(url)).stream(tap))).toString()).toBe(EVENTS);
    expect(told().at(-1)).toBe('end');
  });

  test('gives each event before the next is sent', async (bed) => {
    let send: (text: string) => void = () => {};
    const { url } = await bed.http((_, response) => {
      send = (text) => void response.write(text);
      response.flushHeaders();
    });
    const reader = (await bed.call(url)).stream().getReader();
    for (const text of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      send(text);
      await readText(reader, text);
    }
    await reader.cancel();
  });

  test('tells a tap what happens, in order, and when the wait is for the upstream', async (bed) => {
    let end: () => void = () => {};
    const { url } = await bed.http((_, response) => {
      response.write('one');
      end = () => response.end();
    });
    const { tap, log, told } = spyTap({ end: () => Buffer.from('!') });
    const reader = (await bed.call(url)).stream(tap).getReader();
    await readText(reader, 'one');
    const rest = reader.read();
    await until('the tap knows of the wait', () => log.at(-1) === 'wait');
    end();
    expect(Buffer.from((await rest).value ?? []).toString()).toBe('!');
    expect((await reader.read()).done).toBe(true);
    expect(told()).toEqual(['chunk one', 'end']);
    expect(log.filter((entry) => entry === 'wait').length).toBe(log.filter((entry) => entry === 'go').length);
    expect(log.at(-2)).toBe('go');
  });

  test('reads at once if it is told to, until the tap passes something on', async (bed) => {
    let send: (text: string) => void = () => {};
    const { url } = await bed.http((_, response) => {
      send = (text) => (text === '' ? response.end() : void response.write(text));
      response.flushHeaders();
    });
    let held = '';
    const { tap, log, told } = spyTap({
      chunk(bytes) {
        held += Buffer.from(bytes).toString();
        return held.endsWith('!') ? Buffer.from(held) : null;
      },
    });
    const stream = (await bed.call(url)).stream(tap, 'at-once');
    await until('the tap knows of the wait', () => log.at(-1) === 'wait');
    send('one');
    await until('the tap has it', () => told().length === 1);
    send('two!');
    await until('the tap has the rest', () => held === 'onetwo!');
    send('three!');
    const reader = stream.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('onetwo!');
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('onetwo!three!');
    send('');
    expect((await reader.read()).done).toBe(true);
    expect(told().at(-1)).toBe('end');
  });

  test('keeps what it read at once for its reader, although the body broke off since', async (bed) => {
    let destroy: () => void = () => {};
    const { url } = await bed.http((_, response) => {
      response.write('one');
      destroy = () => response.destroy();
    });
    const { tap, told } = spyTap();
    const stream = (await bed.call(url)).stream(tap, 'at-once');
    await until('the tap has it', () => told().length === 1);
    destroy();
    const reader = stream.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('one');
    await expect(reader.read()).rejects.toThrow();
    expect(told()).toEqual(['chunk one', 'fail cut']);
  });

  test('reads at once to the end where nothing is passed on', async (bed) => {
    const { url } = await bed.http((_, response) => response.end('nothing'));
    const { tap, told } = spyTap({ chunk: () => null, end: () => Buffer.from('all') });
    const stream = (await bed.call(url)).stream(tap, 'at-once');
    await until('the tap knows of the end', () => told().at(-1) === 'end');
    expect((await readAll(stream)).toString()).toBe('all');
  });

  test('passes on what the tap makes of the bytes, and waits on when that is nothing', async (bed) => {
    let send: (text: string) => void = () => {};
    const { url } = await bed.http((_, response) => {
      send = (text) => (text === '' ? response.end() : void response.write(text));
      response.flushHeaders();
    });
    const { tap, log, told } = spyTap({
      chunk: (bytes) => (Buffer.from(bytes).toString() === 'hide' ? null : Buffer.from('shown')),
    });
    const reader = (await bed.call(url)).stream(tap).getReader();
    const first = reader.read();
    send('hide');
    await until('the tap has it', () => told().length === 1 && log.at(-1) === 'wait');
    send('x');
    expect(Buffer.from((await first).value ?? []).toString()).toBe('shown');
    send('');
    expect((await reader.read()).done).toBe(true);
    expect(told()).toEqual(['chunk hide', 'chunk x', 'end']);
  });

  test('lets a tap have the last word on a broken answer', async (bed) => {
    const { url, connections } = await bed.bytes(OPEN);
    const { tap, told } = spyTap({ fail: () => Buffer.from(' broken') });
    const reader = (await bed.call(url)).stream(tap).getReader();
    await readText(reader, 'first');
    connections[0]?.socket.destroy();
    await readText(reader, ' broken');
    expect((await reader.read()).done).toBe(true);
    expect(told()).toEqual(['chunk first', 'fail cut']);
  });

  test('ends a broken answer cleanly when the tap says so with no word', async (bed) => {
    const { url, connections } = await bed.bytes(OPEN);
    const { tap } = spyTap({ fail: () => new Uint8Array(0) });
    const reader = (await bed.call(url)).stream(tap).getReader();
    await readText(reader, 'first');
    connections[0]?.socket.destroy();
    const { value, done } = await reader.read();
    expect(done || value?.byteLength === 0).toBe(true);
  });

  test('breaks the stream of a broken answer when the tap has no word', async (bed) => {
    const { url, connections } = await bed.bytes(OPEN);
    const { tap, told } = spyTap();
    const reader = (await bed.call(url)).stream(tap).getReader();
    await readText(reader, 'first');
    connections[0]?.socket.destroy();
    await expect(reader.read()).rejects.toThrow();
    expect(told()).toEqual(['chunk first', 'fail cut']);
  });

  test('gives the connection up when a tap throws', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const { tap, told } = spyTap({
      chunk() {
        throw new Error('a bad tap');
      },
    });
    const reply = await bed.call(upstream.url);
    const connection = await connectionOf(upstream);
    await expectClosed(
      connection,
      () =>
        void reply
          .stream(tap)
          .getReader()
          .read()
          .catch(() => {}),
    );
    expect(told()).toEqual(['chunk first', expect.stringMatching(/^fail /)]);
  });

  test('closes the connection of a stream that is cancelled', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const { tap, told } = spyTap();
    const reader = (await bed.call(upstream.url)).stream(tap).getReader();
    await readText(reader, 'first');
    await expectClosed(await connectionOf(upstream), () => void reader.cancel());
    expect(told()).toEqual(['chunk first', 'cancel']);
  });

  test('closes the connection of a stream that is cancelled while a read waits', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const { tap, told } = spyTap();
    const reader = (await bed.call(upstream.url)).stream(tap).getReader();
    await readText(reader, 'first');
    const waiting = reader.read();
    await expectClosed(await connectionOf(upstream), () => void reader.cancel());
    expect((await waiting).done).toBe(true);
    expect(told()).toEqual(['chunk first', 'cancel']);
  });

  test('closes the connection of a reply that is discarded', async (bed) => {
    const upstream = await bed.bytes(OPEN);
    const reply = await bed.call(upstream.url);
    await expectClosed(await connectionOf(upstream), () => {
      reply.discard();
      reply.discard();
    });
  });

  const plain = randomBytes(65_536);
  for (const [what, encoding, piece] of [
    ['an upstream', 'identity', plain],
    ['a compressing upstream', 'gzip', gzipSync(plain)],
  ] as const) {
    test(`holds ${what} back that nobody reads`, async (bed) => {
      let sent = 0;
      const upstream = await bed.http((_, response) => {
        const push = () => {
          do sent += piece.length;
          while (response.write(piece));
        };
        response.setHeader('content-encoding', encoding).on('drain', push);
        push();
      });
      const reader = (await bed.call(upstream.url)).stream().getReader();
      const stalledAt = await stalled(() => sent);
      // The buffers of the kernel hold most of it: up to 6 MiB to send and 6 MiB received on loopback.
      expect(stalledAt).toBeLessThan(24_000_000);
      for (let got = 0; got < 8_000_000; ) got += (await reader.read()).value?.byteLength ?? Number.NaN;
      await until('the upstream goes on', () => sent > stalledAt);
      expect(await stalled(() => sent)).toBeLessThan(stalledAt + 24_000_000);
      await expectClosed(await connectionOf(upstream), () => void reader.cancel());
    });
  }

  test('gives a body out once', async (bed) => {
    const { url } = await bed.http((_, response) => {
      response.end('once');
    });
    const reply = await bed.call(url);
    await reply.collect(100);
    await expect((async () => reply.collect(100))()).rejects.toThrow(TypeError);
  });
}

/** The value at which this stands still for 200 ms. */
async function stalled(read: () => number): Promise<number> {
  let last = -1;
  let since = performance.now();
  return until('a standstill', () => {
    const now = read();
    if (now !== last || now === 0) {
      last = now;
      since = performance.now();
    }
    return performance.now() - since > 200 && last;
  });
}
