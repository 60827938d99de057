import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as an upstream got it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, in their order and case on the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Reads a request to its end. @throws Error when the client leaves before. */
export async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { method = '', url: path = '', headers, rawHeaders } = request;
  return { method, path, headers, rawHeaders, body: Buffer.concat(parts) };
}
