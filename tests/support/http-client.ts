import { once } from 'node:events';
import {
  type Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ClientRequest as NodeClientRequest,
} from 'node:http';
import { connect } from 'node:net';

export interface ClientRequest {
  /** Default POST with a body, GET without. */
  readonly method?: string;
  /** Pairs as a record, or names and values in turn, which may repeat and keep their case. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  /** Bytes go with a content-length, an iterable goes chunk by chunk, as it yields. */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array | string>;
  /** Destroys the connection, also before the answer has begun. */
  readonly signal?: AbortSignal;
  /** The signal sends RST instead of FIN, which a server may take for a mere half-close. */
  readonly reset?: boolean;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

/** An answer of which nothing is read until it is asked for, so that not reading is being a slow reader. */
export interface ClientResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The body in the pieces that arrive; breaks off with an error when the connection does. */
  chunks(): AsyncIterable<Buffer>;
  /** Events as they arrive. */
  events(): AsyncIterable<ServerEvent>;
  /** @throws Error when the connection breaks before the end of the body. */
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  /** All that came; `cut` when the connection broke before the end of the body. */
  read(): Promise<{ readonly bytes: Buffer; readonly cut: boolean }>;
  /** Closes the connection. */
  abort(): void;
}

export interface ServerEvent {
  /** The `event:` line, `message` without one. */
  readonly event: string;
  /** The `data:` lines, joined. */
  readonly data: string;
}

/** Sends exactly the bytes and headers given. @throws Error of the connection, when it fails before an answer. */
export async function send(url: string, options: ClientRequest = {}): Promise<ClientResponse> {
  const {
    body,
    agent = false,
    signal,
    reset = false,
    method = body === undefined ? 'GET' : 'POST',
  } = options;
  const headers = headerLines(url, options);
  const request = httpRequest(url, { method, agent, headers });
  signal?.addEventListener('abort', () => {
    if (reset) request.socket?.resetAndDestroy();
    request.destroy(new Error('the client aborted'));
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // Stays: after the answer has begun, its own reader is told of the break.
    request.on('error', reject);
  });
  answered.catch(() => {});
  if (isWhole(body)) request.end(body);
  else await upload(request, body);
  return toResponse(await answered, () => request.destroy());
}

type Body = ClientRequest['body'];

function isWhole(body: Body): body is Uint8Array | string | undefined {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

/** As a list, node:http sends headers as they are; it then leaves host and length to us. */
function headerLines(url: string, { headers = {}, body }: ClientRequest): string[] {
  const lines = isFlat(headers) ? [...headers] : Object.entries(headers).flat();
  const names = new Set(lines.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  if (!names.has('host')) lines.unshift('Host', new URL(url).host);
  const framed = names.has('content-length') || names.has('transfer-encoding');
  if (body !== undefined && isWhole(body) && !framed)
    lines.push('Content-Length', `${Buffer.byteLength(body)}`);
  return lines;
}

function isFlat(headers: NonNullable<ClientRequest['headers']>): headers is readonly string[] {
  return Array.isArray(headers);
}

async function upload(request: NodeClientRequest, body: AsyncIterable<Uint8Array | string>): Promise<void> {
  const over = new AbortController();
  request.once('close', () => over.abort()).once('error', () => over.abort());
  for await (const piece of body) {
    if (request.write(piece)) continue;
    await once(request, 'drain', { signal: over.signal }).catch(() => {});
    // A server may refuse early: what is left need not be sent.
    if (over.signal.aborted) return;
  }
  request.end();
}

function toResponse(message: IncomingMessage, abort: () => void): ClientResponse {
  const read = async () => {
    const parts: Buffer[] = [];
    try {
      for await (const part of message) parts.push(part);
    } catch {
      return { bytes: Buffer.concat(parts), cut: true };
    }
    return { bytes: Buffer.concat(parts), cut: !message.complete };
  };
  const bytes = async () => {
    const { bytes, cut } = await read();
    if (cut) throw new Error(`the connection broke after ${bytes.length} bytes of the body`);
    return bytes;
  };
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    chunks: () => message,
    events: () => parseEvents(message),
    bytes,
    text: async () => (await bytes()).toString(),
    json: async () => JSON.parse((await bytes()).toString()) as unknown,
    read,
    abort,
  };
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, without ids and retries. */
export async function* parseEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a CRLF.
    const blocks = rest.split(/(?:\r\n|\n|\r(?!\n|$)){2}/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield* toEvent(block);
  }
}

function* toEvent(block: string): Generator<ServerEvent> {
  const fields = block.split(/\r\n|\n|\r/).map((line) => /^([^:]+)(?:: ?(.*))?$/.exec(line));
  const valuesOf = (name: string) =>
    fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  const data = valuesOf('data');
  if (data.length > 0) yield { event: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') };
}

export interface RawOptions {
  /** Enough has come; default: read until the server closes. */
  readonly until?: (received: string) => boolean;
  /** Says that nothing more will be sent, as `shutdown` does. */
  readonly halfClose?: boolean;
}

/** Writes bytes to the port of `url` and answers with what comes back, whatever either is (latin1). */
export function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  { until, halfClose = false }: RawOptions = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: halfClose });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (until?.(received)) socket.destroy();
    });
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
    socket.on('close', () => resolve(received));
    socket.on('end', () => socket.end());
    socket.write(bytes);
    if (halfClose) socket.end();
  });
}
