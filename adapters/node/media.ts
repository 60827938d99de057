import * as http from 'node:http';
import * as https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { type FetchMedia, MediaFault } from '../../src/ports/media.ts';
import {
  judgeAnswer,
  MEDIA_REQUEST_HEADERS,
  takeChunks,
  toMediaFault,
} from '../../src/provider/media/answer.ts';
import { checkMediaUrl, hostOf, isAddress } from '../../src/provider/media/media-url.ts';
import { isPublicAddress } from '../../src/provider/media/public-address.ts';
import { createResolveHost, type ResolveHost } from './media/resolve.ts';

export interface NodeMediaOptions {
  /** For one file, from looking up its host to its last byte. */
  readonly timeoutMs: number;
  /** For tests, whose servers are on the loopback address and on ports of their own. */
  readonly isPublic?: (address: string) => boolean;
  readonly ports?: readonly number[];
  readonly resolveHost?: ResolveHost;
}

/**
 * Media over node:http: of the clients of this platform it is the one that takes a name look-up of its own and hears a
 * signal in every phase. Each file has a connection to itself, and no proxy of the environment stands between the
 * check and the server.
 */
export function createNodeMedia({
  timeoutMs,
  isPublic = isPublicAddress,
  ports,
  resolveHost = createResolveHost(),
}: NodeMediaOptions): FetchMedia {
  const agents = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };

  /** Checks them all: a name with one address outside and one inside has nothing good in mind. */
  async function checkedAddresses(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const addresses = isAddress(host) ? [host] : await resolveHost(host, signal);
    const inside = addresses.find((address) => !isPublic(address));
    if (inside !== undefined) throw new MediaFault('not_public', `${host} is ${inside}, which is not public`);
    return addresses;
  }

  return async function fetchNodeMedia(text, budget, signal) {
    const url = checkMediaUrl(text, ports);
    const host = hostOf(url);
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const either = AbortSignal.any([signal, late]);
      const addresses = await checkedAddresses(host, either);
      const response = await get(url, addresses, agents, either);
      try {
        const mediaType = judgeAnswer(headOf(response, host), budget);
        const chunks = await takeChunks(response, budget);
        return { mediaType, base64: Buffer.concat(chunks).toString('base64') };
      } finally {
        response.destroy();
      }
    } catch (cause) {
      throw toMediaFault(cause, host, signal, late);
    }
  };
}

interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

function get(
  url: URL,
  addresses: readonly string[],
  agents: Agents,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const options = {
    // Bytes as they are stored: nothing here undoes an encoding.
    headers: { ...MEDIA_REQUEST_HEADERS, 'accept-encoding': 'identity' },
    lookup: fixedLookup(addresses),
    signal,
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.get(url, { ...options, agent: agents.https }, resolve)
        : http.get(url, { ...options, agent: agents.http }, resolve);
    request.on('error', reject);
    // No error comes of a connection that ends with a change of protocol (101) nobody asked for.
    request.on('close', () => reject(new Error('closed without an answer')));
  });
}

/**
 * Answers with the addresses that were checked, whatever the name servers would say by now: a name that changes between
 * check and connection (DNS rebinding) gains nothing. Addresses in a URL are connected to without a look-up.
 */
function fixedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_, { all: wantsAll }, callback) => {
    if (wantsAll === true) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family);
  };
}

function headOf({ statusCode = 0, headers }: http.IncomingMessage, host: string) {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new MediaFault('wrong_type', `${host} sent it encoded, unasked`);
  return {
    host,
    status: statusCode,
    contentType: headers['content-type'] ?? null,
    contentLength: headers['content-length'] ?? null,
  };
}
