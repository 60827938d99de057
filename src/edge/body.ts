import { joinBytes } from '../bytes.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/**
 * The body of a request, bounded: a declared length over the limit is refused before a byte is read, an undeclared
 * one as soon as it passes the limit.
 * @throws GatewayError `body_too_large`, `client_closed`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null) {
    if (!(Number(declared) <= maxBytes)) throw tooLarge(maxBytes);
    // The server holds a client to the length it declared.
    return new Uint8Array(await request.arrayBuffer().catch(clientGone));
  }
  return request.body === null ? new Uint8Array(0) : readCounted(request.body, maxBytes);
}

async function readCounted(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(clientGone);
    if (done) return joinBytes(chunks);
    size += value.length;
    if (size > maxBytes) {
      reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'body_too_large',
    `The body is larger than ${maxBytes} bytes, the limit of this gateway (MAX_REQUEST_SIZE).`,
  );
}

function clientGone(cause: unknown): never {
  throw new GatewayError('client_closed', 'The client closed the connection while sending its body.', {
    cause,
  });
}
