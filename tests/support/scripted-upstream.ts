import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './ports.ts';
import { type ReceivedRequest, receive } from './received.ts';

/** One call of the upstream, as its journal and its behaviour see it. */
export interface FaultCall extends ReceivedRequest {
  /** `performance.now()` at which the client closed the connection before we had ended; pending for ever otherwise. */
  readonly aborted: Promise<number>;
  /** Bytes of body that the connection took so far, its buffers included. */
  readonly pushed: number;
}

export interface FaultContext {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** The connection, for what is not HTTP. */
  readonly socket: IncomingMessage['socket'];
  /** Counts bytes for `pushed`. */
  count(bytes: number): void;
  /** From here on a close is ours, not the client's. */
  ending(): void;
}

/** How one request is answered. What it leaves open stays open until the client or `close()` ends it. */
export type Behaviour = (context: FaultContext) => void | Promise<void>;

export interface FaultUpstream {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every request whose body has arrived, in order. */
  readonly journal: readonly FaultCall[];
  /** From now on requests are answered by these in turn, and by the last one when they run out. */
  script(...behaviours: readonly [Behaviour, ...Behaviour[]]): void;
  /** Destroys all connections. */
  close(): Promise<void>;
}

/** An upstream that misbehaves as it is told. */
export async function startFaultUpstream(
  ...behaviours: readonly [Behaviour, ...Behaviour[]]
): Promise<FaultUpstream> {
  const journal: FaultCall[] = [];
  let queue: Behaviour[] = [...behaviours];
  let closing = false;

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receive(message);
    const call = createCall(request, message, response, () => closing);
    journal.push(call.entry);
    const behaviour = queue.length > 1 ? queue.shift() : queue[0];
    await behaviour?.(call.context);
  };

  const server = createServer({ noDelay: true }, (message, response) => {
    serve(message, response).catch(() => response.destroy());
  });
  // Hanging is part of the repertoire: no timeout of ours may end it.
  server.requestTimeout = 0;
  const listening = await listen(server);
  return {
    url: listening.url,
    journal,
    script(...next) {
      queue = [...next];
    },
    close() {
      closing = true;
      return listening.close();
    },
  };
}

function createCall(
  request: ReceivedRequest,
  message: IncomingMessage,
  response: ServerResponse,
  closing: () => boolean,
) {
  const { promise: aborted, resolve } = Promise.withResolvers<number>();
  const entry = { ...request, aborted, pushed: 0 };
  let ours = false;
  response.once('close', () => {
    if (!ours && !closing() && !response.writableFinished) resolve(performance.now());
  });
  const context: FaultContext = {
    request,
    response,
    socket: message.socket,
    count(bytes) {
      entry.pushed += bytes;
    },
    ending() {
      ours = true;
    },
  };
  return { entry, context };
}
