import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ChunkSize, writePiece, writePieces } from './pieces.ts';
import type { Behaviour, FaultContext } from './scripted-upstream.ts';

export {
  type Behaviour,
  type FaultCall,
  type FaultUpstream,
  startFaultUpstream,
} from './scripted-upstream.ts';

/** The text of one event without its blank line (`data: x`, `: comment`), or its parts; data that is no string is sent as JSON. */
export type SseEvent = string | { readonly event?: string; readonly data: unknown };

export function sseText(events: readonly SseEvent[], { crlf = false }: SseOptions = {}): string {
  const text = events.map((event) => `${eventText(event)}\n\n`).join('');
  return crlf ? text.replaceAll('\n', '\r\n') : text;
}

function eventText(event: SseEvent): string {
  if (typeof event === 'string') return event;
  const data = typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
  const lines = data.split('\n').map((line) => `data: ${line}`);
  return [...(event.event === undefined ? [] : [`event: ${event.event}`]), ...lines].join('\n');
}

export interface SseOptions {
  /** Waits before each event but the first. */
  readonly delayMs?: number;
  readonly chunkSize?: ChunkSize;
  readonly crlf?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event stream that ends as it should. */
export function sse(events: readonly SseEvent[], options: SseOptions = {}): Behaviour {
  return async (context) => {
    if (await writeEvents(context, events, options)) context.response.end();
  };
}

async function writeEvents(
  context: FaultContext,
  events: readonly SseEvent[],
  options: SseOptions,
): Promise<boolean> {
  startStream(context.response, options.headers);
  const { delayMs = 0, chunkSize = 'whole', crlf = false } = options;
  for (const [index, event] of events.entries()) {
    if (index > 0 && delayMs > 0) await sleep(delayMs);
    const bytes = Buffer.from(sseText([event], { crlf }));
    if (!(await writePieces(context.response, bytes, chunkSize))) return false;
    context.count(bytes.length);
  }
  return true;
}

/** The headers go out at once, before there is any event. */
function startStream(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
  response.flushHeaders();
}

export interface CutOptions extends SseOptions {
  /** Sends only so many bytes of the events, which may tear an event or a character. */
  readonly bytes?: number;
  /** `destroy` (default): the connection breaks; `clean`: the chunked body ends as if all were said. */
  readonly how?: 'destroy' | 'clean';
}

/** A stream that stops short: after these events, or after `bytes` of them. */
export function cutAfter(events: readonly SseEvent[], options: CutOptions = {}): Behaviour {
  return async (context) => {
    const { bytes, how = 'destroy' } = options;
    const whole =
      bytes === undefined
        ? await writeEvents(context, events, options)
        : await writeHead(context, events, bytes, options);
    if (!whole) return;
    if (how === 'clean') context.response.end();
    else breakOff(context);
  };
}

async function writeHead(
  context: FaultContext,
  events: readonly SseEvent[],
  count: number,
  options: SseOptions,
): Promise<boolean> {
  const text = sseText(events, { crlf: options.crlf ?? false });
  const head = Buffer.from(text).subarray(0, count);
  startStream(context.response, options.headers);
  const whole = await writePieces(context.response, head, options.chunkSize ?? 'whole');
  context.count(head.length);
  return whole;
}

/** Closes the connection once what was written has left. */
function breakOff({ socket, ending }: FaultContext): void {
  ending();
  socket.write('', () => socket.destroy());
}

/** Takes the request and never answers. */
export const hangBeforeHeaders: Behaviour = () => {};

/** Sends headers and these events (there may be none), and then nothing more. */
export function hangAfter(events: readonly SseEvent[], options: SseOptions = {}): Behaviour {
  return async (context) => {
    await writeEvents(context, events, options);
  };
}

/** A JSON answer; a string is sent as it is. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return whole(
    status,
    { 'content-type': 'application/json', ...headers },
    typeof body === 'string' ? body : JSON.stringify(body),
  );
}

/** The error page of a proxy that stands before the provider. */
export function html(status: number): Behaviour {
  return whole(status, { 'content-type': 'text/html' }, `<html><body><h1>${status}</h1></body></html>`);
}

export function redirect(to: string, status = 302): Behaviour {
  return whole(status, { location: to }, '');
}

/** `retry-after` as it is to be sent: seconds, a date, or nonsense. */
export function status429(retryAfter?: string): Behaviour {
  const error = { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' };
  return json(429, { error }, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** Says gzip, sends something else. */
export const badGzip: Behaviour = whole(
  200,
  { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  '{"not":"gzip"}',
);

/** Compresses although it was (or was not) asked to. */
export function goodGzip(body: unknown, contentType = 'application/json'): Behaviour {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return whole(200, { 'content-type': contentType, 'content-encoding': 'gzip' }, gzipSync(text));
}

function whole(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): Behaviour {
  return ({ response, count }) => {
    const bytes = Buffer.from(body);
    response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
    count(bytes.length);
  };
}

/** Not HTTP at all. */
export function garbage(text = 'SSH-2.0-OpenSSH_9.6\r\n'): Behaviour {
  return ({ socket, ending }) => {
    ending();
    socket.end(text);
  };
}

/** Promises `missing` more bytes than come before the connection closes. */
export function contentLengthLie(body: string, missing = 100, contentType = 'application/json'): Behaviour {
  return ({ socket, ending, count }) => {
    ending();
    const length = Buffer.byteLength(body);
    count(length);
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ncontent-length: ${length + missing}\r\n\r\n${body}`,
    );
  };
}

/**
 * Streams the same event for ever, as fast as the reader takes it; `pushed` of the journal says how far it got. The
 * kernel's own buffers take some megabytes on loopback, so compare with what a reader that reads gets, not with 0.
 */
export function slowlyForever(event: SseEvent): Behaviour {
  return async (context) => {
    const bytes = Buffer.from(sseText([event]));
    startStream(context.response);
    while (await writePiece(context.response, bytes)) {
      context.count(bytes.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}
