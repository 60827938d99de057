import { createServer, type ServerResponse } from 'node:http';
import type { Exchange } from './corpus.ts';
import { type ChunkSize, writePieces } from './pieces.ts';
import { listen } from './ports.ts';
import { type ReceivedRequest, receive } from './received.ts';

export interface ServeOptions {
  /** Bytes of each chunk of a stream; JSON is sent whole. Default `whole`. */
  readonly chunkSize?: ChunkSize;
  /** How a stream ends after its last byte. Default `clean`; `destroy` breaks the connection off instead. */
  readonly ending?: 'clean' | 'destroy';
  /** Which request it answers; default: the next one. */
  readonly when?: (request: ReceivedRequest) => boolean;
}

/** An answer that waits for its request. */
export interface Serving {
  /** The request it answered, null while it has not come. */
  readonly received: ReceivedRequest | null;
  /** Whole answers that were written to the end. */
  readonly sent: boolean;
}

export interface ReplayUpstream {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** All requests in order, the ones that nothing was served for too. */
  readonly journal: readonly ReceivedRequest[];
  /** Answers one request with what was recorded; several wait in order. */
  serve(exchange: Pick<Exchange, 'response' | 'responseText'>, options?: ServeOptions): Serving;
  close(): Promise<void>;
}

interface Waiting extends Required<ServeOptions> {
  readonly exchange: Pick<Exchange, 'response' | 'responseText'>;
  readonly serving: { received: ReceivedRequest | null; sent: boolean };
}

/** An upstream that gives recorded answers, streams cut into chunks of any size. */
export async function startReplayUpstream(): Promise<ReplayUpstream> {
  const journal: ReceivedRequest[] = [];
  const waiting: Waiting[] = [];
  const server = createServer({ noDelay: true }, (request, response) => {
    receive(request)
      .then((received) => {
        journal.push(received);
        return answer(take(waiting, received), received, response);
      })
      .catch(() => response.destroy());
  });
  const { url, close } = await listen(server);
  return {
    url,
    journal,
    serve(exchange, { chunkSize = 'whole', ending = 'clean', when = () => true } = {}) {
      const serving = { received: null, sent: false };
      waiting.push({ exchange, chunkSize, ending, when, serving });
      return serving;
    },
    close,
  };
}

function take(waiting: Waiting[], received: ReceivedRequest): Waiting | undefined {
  const at = waiting.findIndex(({ when }) => when(received));
  return at === -1 ? undefined : waiting.splice(at, 1)[0];
}

async function answer(
  found: Waiting | undefined,
  received: ReceivedRequest,
  response: ServerResponse,
): Promise<void> {
  if (found === undefined) return nothingServed(received, response);
  const { exchange, chunkSize, ending, serving } = found;
  serving.received = received;
  const { status, headers } = exchange.response;
  const bytes = Buffer.from(exchange.responseText);
  if (exchange.response.sse === undefined) {
    response.writeHead(status, { ...endToEnd(headers), 'content-length': bytes.length });
    response.end(bytes);
    serving.sent = true;
    return;
  }
  response.writeHead(status, { ...endToEnd(headers), 'transfer-encoding': 'chunked' });
  serving.sent = await writePieces(response, bytes, chunkSize);
  if (ending === 'clean') response.end();
  else response.socket?.destroySoon();
}

/** A 400, since a 5xx would make a gateway try again and hide what went wrong. */
function nothingServed({ method, path }: ReceivedRequest, response: ServerResponse): void {
  const error = { message: `replay upstream: nothing is served for ${method} ${path}`, type: 'test_setup' };
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error }));
}

/** RFC 9110 section 7.6.1, and what belongs to the recorded connection. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const OF_THE_RECORDING = new Set(['content-length', 'content-encoding']);

function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !OF_THE_RECORDING.has(name)),
  );
}
