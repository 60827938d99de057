import { isPrivateHost } from '../../src/config/base-url.ts';
import { type FetchMedia, MediaFault } from '../../src/ports/media.ts';
import {
  judgeAnswer,
  MEDIA_REQUEST_HEADERS,
  takeChunks,
  toMediaFault,
} from '../../src/provider/media/answer.ts';
import { checkMediaUrl, hostOf, isAddress } from '../../src/provider/media/media-url.ts';
import { isPublicAddress } from '../../src/provider/media/public-address.ts';

export interface EdgeMediaOptions {
  /** For one file, from looking up its host to its last byte. */
  readonly timeoutMs: number;
  /** For tests, whose servers are on the loopback address and on ports of their own. */
  readonly isPublic?: (address: string) => boolean;
  readonly ports?: readonly number[];
}

/**
 * Media over the platform's `fetch`. A Worker cannot learn which address a name stands for before it connects, so only
 * addresses in the URL, and names that are private by themselves (`localhost`, `*.internal`), are refused here. What other
 * names lead to is the platform's to guard, and it does: Cloudflare's `fetch` reaches no private network unless one
 * is bound (and with the flag `global_fetch_strictly_public` nothing of the same zone behind its front door), and workerd
 * by itself lets a Worker connect to public addresses only. A workerd whose outbound network was opened to private
 * addresses, as development servers do, does not: media by URL stays off there.
 */
export function createEdgeMedia({
  timeoutMs,
  isPublic = isPublicAddress,
  ports,
}: EdgeMediaOptions): FetchMedia {
  return async function fetchEdgeMedia(text, budget, signal) {
    const url = checkMediaUrl(text, ports);
    const host = hostOf(url);
    if (isAddress(host) ? !isPublic(host) : isPrivateHost(host))
      throw new MediaFault('not_public', `${host} is not public`);
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        headers: MEDIA_REQUEST_HEADERS,
        redirect: 'manual',
        signal: AbortSignal.any([signal, late]),
      });
      return await read(response, host, budget);
    } catch (cause) {
      throw toMediaFault(cause, host, signal, late);
    }
  };
}

async function read(response: Response, host: string, budget: Parameters<FetchMedia>[1]) {
  const { status, headers, body } = response;
  try {
    const mediaType = judgeAnswer(
      {
        host,
        status,
        contentType: headers.get('content-type'),
        contentLength: headers.get('content-length'),
      },
      budget,
    );
    const chunks = body === null ? [] : await takeChunks(body, budget);
    return { mediaType, base64: toBase64(chunks) };
  } catch (fault) {
    // A body that was not begun keeps its connection; of one that was, this is no news.
    body?.cancel().catch(() => {});
    throw fault;
  }
}

/** Chunk by chunk, each cut to whole groups of three bytes, as base64 can be joined there and nowhere else. */
function toBase64(chunks: readonly Uint8Array[]): string {
  const texts: string[] = [];
  let rest = new Uint8Array(0);
  for (const chunk of chunks) {
    const bytes = new Uint8Array(rest.byteLength + chunk.byteLength);
    bytes.set(rest);
    bytes.set(chunk, rest.byteLength);
    const whole = bytes.byteLength - (bytes.byteLength % 3);
    texts.push(encode(bytes.subarray(0, whole)));
    rest = bytes.slice(whole);
  }
  return texts.join('') + encode(rest);
}

/** What newer engines have, and the types of ES2024 do not. */
type Encodable = Uint8Array & { toBase64?(): string };

/** More arguments than this, and a call runs out of stack. Divisible by three. */
const SLICE = 0x6000;

function encode(bytes: Encodable): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += SLICE)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + SLICE)));
  return text;
}
