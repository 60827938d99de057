import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createResolveHost, type ResolveHost } from '../../adapters/node/media/resolve.ts';
import { createNodeMedia } from '../../adapters/node/media.ts';
import { faultOf, MediaBed, mediaContract } from '../contract/media.ts';
import { within } from '../support/wait.ts';

describe('FetchMedia: node:http', () => mediaContract(createNodeMedia));

describe('createNodeMedia', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** Names as `resolveHost` has them, on a server of the loopback address. */
  async function startFor(resolveHost: ResolveHost) {
    const bed = new MediaBed((setting) => createNodeMedia({ ...setting, resolveHost }));
    closers.push(() => bed.close());
    const server = await bed.serve((request, response) => {
      response.setHeader('content-type', 'text/plain').end(request.headers.host);
    });
    return { bed, server, url: (host: string) => `http://${host}:${server.port}/` };
  }

  it('connects to the address that was checked, under the name that was asked for', async () => {
    const { bed, url, server } = await startFor(async () => ['127.0.0.1']);
    const { base64 } = await bed.get(url('pictures.example'));
    expect(Buffer.from(base64, 'base64').toString()).toBe(`pictures.example:${server.port}`);
  });

  it('looks a name up once: what it stands for a moment later is of no interest', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.1']];
    const { bed, url } = await startFor(async () => answers.shift() ?? []);
    await bed.get(url('rebinding.example'));
    expect(answers).toHaveLength(2);
  });

  it.each([
    [['10.0.0.1']],
    [['127.0.0.1', '169.254.169.254']],
    [['::ffff:127.0.0.1', '127.0.0.1']],
    [['127.0.0.1', 'fe80::1%lo']],
  ])('refuses a name that stands for %j', async (addresses) => {
    const { bed, server, url } = await startFor(async () => addresses);
    expect(await bed.fault(url('mixed.example'))).toBe('not_public');
    expect(server.connections).toHaveLength(0);
  });

  it('goes on to the next address when one does not answer', async () => {
    const { bed, url } = await startFor(async () => ['127.0.0.2', '127.0.0.1']);
    const everyLoopback = { isPublic: (address: string) => address.startsWith('127.') };
    expect(await bed.get(url('two.example'), undefined, everyLoopback)).toMatchObject({
      mediaType: 'text/plain',
    });
  });

  it('does not wait for a name server longer than for anything else', async () => {
    const { bed, url } = await startFor((_, signal) => rejectOnAbort(signal));
    expect(await bed.fault(url('slow.example'), undefined, { timeoutMs: 50 })).toBe('timeout');
    const gone = new AbortController();
    const fault = bed.fault(url('slow.example'), undefined, { signal: gone.signal });
    gone.abort();
    expect(await fault).toBe('aborted');
  });

  it('refuses an encoding, which it did not ask for', async () => {
    const bed = new MediaBed(createNodeMedia);
    closers.push(() => bed.close());
    const { url } = await bed.serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end('x');
    });
    expect(await bed.fault(url)).toBe('wrong_type');
  });

  it('survives a server that changes the protocol instead of answering', async () => {
    const bed = new MediaBed(createNodeMedia);
    closers.push(() => bed.close());
    const { url } = await bed.tcp((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      );
    });
    expect(await bed.fault(url)).toBe('unreachable');
  });
});

describe('createResolveHost', () => {
  /** A name server that has one A record for every name that begins with `a`, and is silent to the others. */
  async function startNameServer() {
    const socket = createSocket('udp4');
    socket.on('message', (query, { port, address }) => {
      if (query[13] === 'a'.charCodeAt(0)) socket.send(answerTo(query), port, address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return { server: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
  }

  it('asks the name servers for both kinds of addresses', async () => {
    const { server, close } = await startNameServer();
    try {
      const resolve = createResolveHost([server]);
      expect(await within('the answer', resolve('a.example', new AbortController().signal))).toEqual([
        '192.0.2.7',
      ]);
    } finally {
      close();
    }
  });

  it('lets go as soon as the signal fires', async () => {
    const { server, close } = await startNameServer();
    try {
      const resolve = createResolveHost([server]);
      const gone = new AbortController();
      const answer = resolve('silent.example', gone.signal);
      gone.abort();
      await expect(within('its end', answer)).rejects.toMatchObject({ code: 'ECANCELLED' });
      await expect(resolve('a.example', gone.signal)).rejects.toThrow('aborted');
    } finally {
      close();
    }
  });

  it('makes a name that does not exist unreachable', async () => {
    const fetchMedia = createNodeMedia({
      timeoutMs: 5_000,
      resolveHost: () => Promise.reject(new Error('ENOTFOUND')),
    });
    const { signal } = new AbortController();
    expect(await faultOf(fetchMedia('http://nowhere.example/', { left: 1 }, signal))).toBe('unreachable');
  });
});

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** A reply to an A query with 192.0.2.7, to others with no record (RFC 1035 section 4.1). */
function answerTo(query: Buffer): Buffer {
  const endOfName = query.indexOf(0, 12) + 1;
  const question = query.subarray(12, endOfName + 4);
  const isA = query.readUInt16BE(endOfName) === 1;
  const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([header, question, ...(isA ? [record] : [])]);
}
