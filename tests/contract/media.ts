import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import type { ByteBudget, FetchMedia, Media } from '../../src/ports/media.ts';
import { MediaFault } from '../../src/ports/media.ts';
import { unusedPort } from '../support/ports.ts';
import { within } from '../support/wait.ts';
import { Bed, connectionOf, expectClosed, type Upstream } from './fetch/bed.ts';

/** The driver as it is for tests: the loopback address may be public, on one port beside the usual ones. */
export interface MediaSetting {
  readonly timeoutMs: number;
  readonly isPublic?: (address: string) => boolean;
  readonly ports?: readonly number[];
}

export type MakeMedia = (setting: MediaSetting) => FetchMedia;

const MIB = 1_048_576;

/** URLs that lead, or may lead, to where no client may send the gateway. The URL parser undoes the tricks in the first. */
export const PRIVATE_URLS: readonly string[] = [
  ...[
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
  ],
  ...[
    'http://017700000001/',
    'http://127.1/',
    'http://127.0.1/',
    'http://127.0.0.1./',
    'http://0/',
    'http://0.0.0.0/',
  ],
  ...[
    'http://\u2460\u2461\u2466.0.0.1/',
    'http://%31%32%37.0.0.1/',
    'http://127\u30020.0.1/',
    'http:\\\\127.0.0.1\\',
  ],
  ...[
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.0.1/',
    'http://100.64.0.1/',
    'http://3232235521/',
  ],
  ...['http://169.254.169.254/latest/meta-data/', 'http://0xa9fea9fe/', 'http://168.63.129.16/metadata'],
  ...[
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:ffff:a00:1]/',
  ],
  ...['http://[fd00:ec2::254]/', 'http://[fe80::1]/', 'http://[64:ff9b::7f00:1]/', 'http://[2002:7f00:1::]/'],
  ...['http://[::127.0.0.1]/', 'http://[ff02::1]/', 'http://255.255.255.255/', 'http://224.0.0.1/'],
  'https://127.0.0.1/',
];

const BAD_URLS: readonly string[] = [
  ...[
    '',
    'cat.png',
    '/etc/passwd',
    '//example.com/cat.png',
    'http://',
    'http://[::1',
    'http://[fe80::1%25eth0]/',
  ],
  ...[
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:image/png;base64,AA',
    'ws://example.com',
  ],
  ...['http://user@example.com/', 'http://user:secret@example.com/', 'http://:secret@example.com/'],
  ...['http://example.com:22/', 'https://example.com:6379/', 'http://example.com:0/', 'http://1.1.1.1:8080/'],
  ...['http://256.256.256.256/', 'http://1.2.3.4.5/', 'http://exa mple.com/'],
];

/** Holds a driver to `src/ports/media.ts`, against real servers on the loopback address. */
export function mediaContract(make: MakeMedia): void {
  const test = (title: string, body: (bed: MediaBed) => Promise<void>) =>
    it(title, async () => {
      const bed = new MediaBed(make);
      try {
        await body(bed);
      } finally {
        await bed.close();
      }
    });

  for (const type of ['image/png', 'image/svg+xml', 'application/pdf', 'text/plain']) {
    test(`gets ${type}, byte for byte`, async (bed) => {
      const bytes = randomBytes(200_001);
      const { url } = await bed.serve((_, response) => {
        response.setHeader('content-type', type).end(bytes);
      });
      const media = await bed.get(`${url}/a?b=c`);
      expect(media).toEqual({ mediaType: type, base64: bytes.toString('base64') });
    });
  }

  test('gets nothing as nothing', async (bed) => {
    const { url } = await bed.serve((_, response) => {
      response.setHeader('content-type', 'text/plain').end();
    });
    expect(await bed.get(url)).toEqual({ mediaType: 'text/plain', base64: '' });
  });

  test('reads the type without its parameters and its case', async (bed) => {
    const { url } = await bed.serve((_, response) => {
      response.setHeader('content-type', 'Image/JPEG ; a="b"').end('x');
    });
    expect((await bed.get(url)).mediaType).toBe('image/jpeg');
  });

  test('asks with a GET that carries nothing of the client', async (bed) => {
    let seen: unknown;
    const { url } = await bed.serve(({ method, url: path, headers }, response) => {
      seen = {
        method,
        path,
        cookie: headers.cookie,
        authorization: headers.authorization,
        referer: headers.referer,
      };
      response.setHeader('content-type', 'image/png').end('x');
    });
    await bed.get(`${url}/a?b=c#d`);
    expect(seen).toEqual({ method: 'GET', path: '/a?b=c' });
  });

  test('takes what it read away from the budget', async (bed) => {
    const { url } = await bed.serve((_, response) => {
      response.setHeader('content-type', 'image/png').end('12345');
    });
    const budget = { left: 12 };
    await bed.get(url, budget);
    await bed.get(url, budget);
    expect(budget.left).toBe(2);
    expect(await bed.fault(url, budget)).toBe('too_large');
  });

  test('closes the connection of what promises too much, unread', async (bed) => {
    const upstream = await bed.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000000000' }).write('x');
    });
    expect(await bed.fault(upstream.url)).toBe('too_large');
    await expectClosed(await connectionOf(upstream), () => {});
  });

  test('stops reading what never ends', async (bed) => {
    const upstream = await bed.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const chunk = randomBytes(65_536);
      const more = () => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await bed.fault(upstream.url, { left: MIB })).toBe('too_large');
    await expectClosed(await connectionOf(upstream), () => {});
  });

  for (const type of [
    'text/html',
    'application/json',
    'application/octet-stream',
    'imagepng',
    'image/',
    '',
  ]) {
    test(`refuses the type "${type}"`, async (bed) => {
      const upstream = await bed.serve((_, response) => {
        if (type !== '') response.setHeader('content-type', type);
        response.write('x');
      });
      expect(await bed.fault(upstream.url)).toBe('wrong_type');
      await expectClosed(await connectionOf(upstream), () => {});
    });
  }

  for (const status of [204, 206, 400, 404, 500]) {
    test(`takes ${status} for a failure`, async (bed) => {
      const { url } = await bed.serve((_, response) => {
        response.writeHead(status, { 'content-type': 'image/png' }).end(status === 204 ? undefined : 'x');
      });
      expect(await bed.fault(url)).toBe('bad_status');
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`follows no ${status}`, async (bed) => {
      let requests = 0;
      const { url } = await bed.serve((_, response) => {
        requests += 1;
        response.writeHead(status, { location: '/other', 'content-type': 'image/png' }).end('x');
      });
      expect(await bed.fault(url)).toBe('redirect');
      expect(requests).toBe(1);
    });
  }

  test('gives up a server that never answers, and one that only drips', async (bed) => {
    const silent = await bed.serve(() => {});
    expect(await bed.fault(silent.url, undefined, { timeoutMs: 100 })).toBe('timeout');
    const dripping = await bed.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await bed.fault(dripping.url, undefined, { timeoutMs: 150 })).toBe('timeout');
    await expectClosed(await connectionOf(dripping), () => {});
  });

  test('stops when the caller gives up, before and after the head of the answer', async (bed) => {
    for (const begin of [false, true]) {
      const gone = new AbortController();
      const upstream = await bed.serve((_, response) => {
        if (begin) response.writeHead(200, { 'content-type': 'image/png' }).write('x');
      });
      const fault = bed.fault(upstream.url, undefined, { signal: gone.signal });
      await expectClosed(await connectionOf(upstream), () => gone.abort());
      expect(await fault).toBe('aborted');
    }
    expect(await bed.fault('http://127.0.0.1/', undefined, { signal: AbortSignal.abort() })).toBe('aborted');
  });

  test('says unreachable of a closed port, a connection without an answer, and a body cut short', async (bed) => {
    const port = await unusedPort();
    expect(await bed.fault(`http://127.0.0.1:${port}/`, undefined, { ports: [port] })).toBe('unreachable');
    const mute = await bed.tcp((socket) => socket.end());
    expect(await bed.fault(mute.url)).toBe('unreachable');
    const short = await bed.serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' }).write('x', () => {
        response.destroy();
      });
    });
    expect(await bed.fault(short.url)).toBe('unreachable');
  });

  test('refuses a certificate that nobody vouches for', async (bed) => {
    const { url } = await bed.secure((_, response) => {
      response.setHeader('content-type', 'image/png').end('x');
    });
    expect(await bed.fault(url)).toBe('unreachable');
  });

  test('refuses every way to write a private address, without a word to it', async (bed) => {
    const fetchMedia = make({ timeoutMs: 2_000 });
    const faults = await Promise.all(
      PRIVATE_URLS.map((url) => faultOf(fetchMedia(url, { left: MIB }, ALWAYS))),
    );
    expect(PRIVATE_URLS.filter((_, i) => faults[i] !== 'not_public')).toEqual([]);
    const upstream = await bed.serve(() => {});
    expect(await bed.fault(upstream.url, undefined, { isPublic: () => false })).toBe('not_public');
    expect(upstream.connections).toHaveLength(0);
  });

  test('refuses other schemes, other ports, credentials, and what is no URL', async () => {
    const fetchMedia = make({ timeoutMs: 2_000 });
    const faults = await Promise.all(BAD_URLS.map((url) => faultOf(fetchMedia(url, { left: MIB }, ALWAYS))));
    expect(BAD_URLS.filter((_, i) => faults[i] !== 'bad_url')).toEqual([]);
  });

  test('names no path, query or password in its faults', async (bed) => {
    const fetchMedia = make({ timeoutMs: 2_000 });
    const { url } = await bed.serve((_, response) => void response.writeHead(403).end());
    const told = await Promise.all([
      bed.get(`${url}/S3CR3T?sig=S3CR3T`).catch(String),
      fetchMedia('http://a:S3CR3T@example.com/S3CR3T', { left: 1 }, ALWAYS).catch(String),
      fetchMedia('http://127.0.0.1/S3CR3T?S3CR3T', { left: 1 }, ALWAYS).catch(String),
    ]);
    expect(told.join()).not.toContain('S3CR3T');
    expect(told.join()).toContain('MediaFault');
  });
}

const ALWAYS = new AbortController().signal;

type Asked = Partial<MediaSetting & { readonly signal: AbortSignal }>;

/** A driver that takes the loopback address for public, and its servers. */
export class MediaBed {
  readonly #make: MakeMedia;
  readonly #bed = new Bed(() => Promise.reject(new Error('media is not fetched through this port')));

  constructor(make: MakeMedia) {
    this.#make = make;
  }

  serve(handler: RequestListener): Promise<Upstream> {
    return this.#bed.http(handler);
  }

  secure(handler: RequestListener): Promise<Upstream> {
    return this.#bed.https(handler);
  }

  tcp(onConnection: Parameters<Bed['tcp']>[0]): Promise<Upstream> {
    return this.#bed.tcp(onConnection);
  }

  get(url: string, budget: ByteBudget = { left: 10 * MIB }, asked: Asked = {}): Promise<Media> {
    const {
      signal = ALWAYS,
      timeoutMs = 10_000,
      isPublic = (address) => address === '127.0.0.1',
      ports,
    } = asked;
    const own = URL.parse(url)?.port;
    const fetchMedia = this.#make({ timeoutMs, isPublic, ports: ports ?? [80, 443, Number(own)] });
    return within('the file or a fault', fetchMedia(url, budget, signal));
  }

  fault(url: string, budget?: ByteBudget, asked?: Asked): Promise<string> {
    return faultOf(this.get(url, budget, asked));
  }

  close(): Promise<void> {
    return this.#bed.close();
  }
}

/** The kind of fault with which this fails. */
export async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    return `no fault, but ${JSON.stringify(await work)}`;
  } catch (error) {
    return error instanceof MediaFault ? error.kind : `no MediaFault, but ${String(error)}`;
  }
}
