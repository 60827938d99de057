/**
 * The mock upstream, a process of its own: answers chat completions at once, or as a paced stream.
 * On a bare socket, because `node:http` would cost about as much as the relays that are measured.
 */
import { createServer, type Socket } from 'node:net';
import { closingFrames, completion, DELTAS, deltaFrame } from './wire.ts';

export interface UpstreamCounts {
  /** Calls answered with a whole body. */
  readonly whole: number;
  /** Streams sent to their end. */
  readonly streams: number;
  /** Streams whose reader left early. */
  readonly cut: number;
}

const counts = { whole: 0, streams: 0, cut: 0 };
const gapMs = Number(process.env.GAP_MS);
const answer = wholeAnswer();
const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n' +
    'x-request-id: req_bench\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n',
);
const frames = Array.from({ length: DELTAS }, (_, index) => chunked(deltaFrame(index)));
const closing = { plain: lastChunk(false), usage: lastChunk(true) };

function wholeAnswer(): Buffer {
  const body = completion();
  return Buffer.from(
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_bench\r\n' +
      `connection: keep-alive\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function chunked(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

function lastChunk(includeUsage: boolean): Buffer {
  return Buffer.concat([chunked(closingFrames(includeUsage)), Buffer.from('0\r\n\r\n')]);
}

function sendStream(socket: Socket, last: Buffer): void {
  socket.write(streamHead);
  let next = 0;
  const timer = setInterval(() => {
    const frame = frames[next++];
    if (frame !== undefined) return void socket.write(frame);
    finish();
    counts.streams++;
    socket.write(last);
  }, gapMs);
  const onClose = () => {
    clearInterval(timer);
    counts.cut++;
  };
  const finish = () => {
    clearInterval(timer);
    socket.off('close', onClose);
  };
  socket.once('close', onClose);
}

function reply(socket: Socket, body: string): void {
  const call: { stream?: boolean; stream_options?: { include_usage?: boolean } } = JSON.parse(body);
  if (call.stream === true) {
    sendStream(socket, call.stream_options?.include_usage === true ? closing.usage : closing.plain);
    return;
  }
  counts.whole++;
  socket.write(answer);
}

/** Where the body ends, -1 while it is incomplete. Every contestant sends a `content-length`; anything else is refused. */
function bodyEnd(head: string, headEnd: number): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? -1 : headEnd + 4 + Number(length);
}

function serve(socket: Socket): void {
  let held: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const headEnd = held.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const end = bodyEnd(held.toString('latin1', 0, headEnd), headEnd);
    if (end === -1) return void socket.end('HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\n\r\n');
    if (held.length < end) return;
    const body = held.toString('utf8', headEnd + 4, end);
    held = held.subarray(end);
    reply(socket, body);
  });
}

const server = createServer(serve);
process.on('message', () => process.send?.(counts satisfies UpstreamCounts));
process.on('disconnect', () => process.exit(0));
server.listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 }, () =>
  console.log('ready'),
);
