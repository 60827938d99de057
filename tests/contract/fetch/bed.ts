import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import {
  type Fetch,
  UpstreamFault,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../../src/ports/fetch.ts';
import { listen } from '../../support/ports.ts';
import { until, within } from '../../support/wait.ts';
import { selfSigned } from './certificate.ts';

export interface MadeFetch {
  readonly fetch: Fetch;
  close?(): Promise<void>;
}

/**
 * What a driver cannot be held to, each with its reason, which is shown with the skipped tests.
 * `connecting`: it cannot break a connection attempt off. `listeners`: it cannot let go of a signal. `truncation`: it
 * takes a compressed body that stops short for whole. `rareEncodings`: it undoes gzip and br only.
 */
export type FetchGap = 'connecting' | 'listeners' | 'truncation' | 'rareEncodings';
export type FetchGaps = Readonly<Partial<Record<FetchGap, string>>>;

export type FetchTest = (title: string, body: (bed: Bed) => Promise<void>, gap?: FetchGap) => void;

/** A driver and its upstreams, for one test. */
export function fetchTests(make: () => Promise<MadeFetch>, gaps: FetchGaps): FetchTest {
  return (title, body, gap) => {
    const reason = gap === undefined ? undefined : gaps[gap];
    if (reason !== undefined) return it.skip(`${title} [gap ${gap}: ${reason}]`);
    it(title, async () => {
      const made = await make();
      const bed = new Bed(made.fetch);
      try {
        await body(bed);
      } finally {
        await bed.close();
        await made.close?.();
      }
    });
  };
}

/** A connection as the upstream sees it. */
export interface Connection {
  readonly socket: Socket;
  /** `performance.now()` of its end. */
  readonly closed: Promise<number>;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly connections: readonly Connection[];
}

export class Bed {
  readonly fetch: Fetch;
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(fetch: Fetch) {
    this.fetch = fetch;
  }

  http(handler: RequestListener): Promise<Upstream> {
    const server = createServer(handler);
    // Hanging is part of what is tested: no timeout of ours may end it.
    server.requestTimeout = 0;
    return this.#start(server);
  }

  async https(handler: RequestListener): Promise<Upstream> {
    const upstream = await this.#start(createHttpsServer(selfSigned(), handler));
    return { ...upstream, url: upstream.url.replace('http:', 'https:') };
  }

  /** An upstream that need not speak HTTP. */
  tcp(onConnection: (socket: Socket) => void): Promise<Upstream> {
    return this.#start(createTcpServer(onConnection));
  }

  /** An upstream that answers the first bytes of every connection with these, and then does `after`. */
  bytes(answer: string | Uint8Array, after: (socket: Socket) => void = () => {}): Promise<Upstream> {
    return this.tcp((socket) => {
      socket.once('data', () => socket.write(answer, () => after(socket)));
    });
  }

  call(url: string, options: Partial<UpstreamRequest> = {}): Promise<UpstreamReply> {
    const { method = 'GET', headers = {}, body = null, signal = new AbortController().signal } = options;
    return within('an answer', this.fetch({ url, method, headers, body, signal }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }

  async #start(server: Server): Promise<Upstream> {
    const connections: Connection[] = [];
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      const closed = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));
      connections.push({ socket, closed });
    });
    const { url, port, close } = await listen(server);
    this.#closers.push(close);
    return { url, port, connections };
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export async function collectText(reply: UpstreamReply, maxBytes = 10_000_000): Promise<string> {
  return decoder.decode(await within('the whole body', reply.collect(maxBytes)));
}

/** Reads a stream to its end. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await within('the next chunk', reader.read());
    if (done) return Buffer.concat(parts);
    parts.push(value);
  }
}

/** Reads until there is as much text as this, and lets the stream go on. */
export async function readText(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<void> {
  let got = '';
  while (got.length < text.length) {
    const { done, value } = await within(`the text ${JSON.stringify(text)}`, reader.read());
    if (done) break;
    got += Buffer.from(value).toString();
  }
  expect(got).toBe(text);
}

/** The kind of fault with which this fails. */
export async function faultOf(work: Promise<unknown>): Promise<string> {
  const outcome = await within(
    'a fault',
    work.then(
      (value) => `no fault, but ${String(value)}`,
      (error: unknown) => error,
    ),
  );
  return outcome instanceof UpstreamFault ? outcome.kind : `no UpstreamFault, but ${String(outcome)}`;
}

export function connectionOf(upstream: Upstream): Promise<Connection> {
  return until('the upstream is connected', () => upstream.connections[0]);
}

/** That the connection ends within the 100 ms that the port grants, counted from now; `stop` is what should end it. */
export async function expectClosed(connection: Connection, stop: () => void): Promise<void> {
  const from = performance.now();
  stop();
  const at = await within('the connection closes', connection.closed);
  expect(at - from, 'ms until the connection was closed').toBeLessThan(100);
}
