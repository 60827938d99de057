import type { HeaderReader } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** What a client asks of the cache with its headers. */
export interface Directives {
  /** `no-cache`: the provider is to be asked; its answer is kept. */
  readonly noCache: boolean;
  /** `no-store`, or a time to live of 0: the answer is not kept. */
  readonly noStore: boolean;
  /** `only-if-cached`: the provider is not to be asked. */
  readonly onlyIfCached: boolean;
  /** `max-age`, in milliseconds: nothing older is wanted; null: any age. */
  readonly maxAgeMs: number | null;
  /** `x-llm-edge-cache-ttl`, in milliseconds; null: as configured. */
  readonly ttlMs: number | null;
  /** `x-llm-edge-cache-namespace`; null: none. */
  readonly namespace: string | null;
}

const TTL_HEADER = 'x-llm-edge-cache-ttl';
const NAMESPACE_HEADER = 'x-llm-edge-cache-namespace';
const MAX_TTL_SECONDS = 30 * 24 * 3600;
const NAMESPACE = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Seconds, also in quotes, which section 5.2 of RFC 9111 wants to be taken as well. */
const DELTA_SECONDS = /^(?:(\d+)|"(\d+)")$/;

/** RFC 9111, section 1.2.2: what is too large to count with is this. */
const MAX_DELTA_SECONDS = 2 ** 31;

/**
 * Reads `Cache-Control` as a request has it (RFC 9111, section 5.2.1; what is malformed is as if it were not there) and
 * the gateway's own headers.
 * @throws GatewayError `invalid_request` for an own header that makes no sense.
 */
export function readDirectives(headers: HeaderReader): Directives {
  const control = readCacheControl(headers.get('cache-control') ?? '');
  const ttlMs = readTtlMs(headers.get(TTL_HEADER));
  return {
    noCache: control.has('no-cache'),
    noStore: control.has('no-store') || ttlMs === 0,
    onlyIfCached: control.has('only-if-cached'),
    maxAgeMs: control.get('max-age') ?? null,
    ttlMs,
    namespace: readNamespace(headers.get(NAMESPACE_HEADER)),
  };
}

const FLAGS: ReadonlySet<string> = new Set(['no-cache', 'no-store', 'only-if-cached']);

/** The directives that are known, by lower-case name, with the milliseconds of those that have a time. */
function readCacheControl(value: string): Map<string, number> {
  const found = new Map<string, number>();
  if (value === '') return found;
  for (const part of value.toLowerCase().split(',')) {
    const [name = '', argument] = part.split('=', 2).map((text) => text.trim());
    if (FLAGS.has(name)) found.set(name, 0);
    if (name !== 'max-age') continue;
    const ms = deltaMs(argument ?? '');
    // Said twice, the stricter counts.
    if (ms !== null) found.set(name, Math.min(ms, found.get(name) ?? ms));
  }
  return found;
}

function deltaMs(text: string): number | null {
  const seconds = DELTA_SECONDS.exec(text);
  return seconds === null ? null : Math.min(Number(seconds[1] ?? seconds[2]), MAX_DELTA_SECONDS) * 1000;
}

function readTtlMs(value: string | null): number | null {
  if (value === null) return null;
  const seconds = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (seconds <= MAX_TTL_SECONDS) return seconds * 1000;
  throw invalidHeader(TTL_HEADER, `a whole number of seconds from 0 to ${MAX_TTL_SECONDS}`);
}

function readNamespace(value: string | null): string | null {
  if (value === null || NAMESPACE.test(value)) return value;
  throw invalidHeader(NAMESPACE_HEADER, '1 to 64 letters, digits or any of "_", ".", ":" and "-"');
}

function invalidHeader(param: string, wanted: string): GatewayError {
  return new GatewayError('invalid_request', `The header "${param}" must be ${wanted}.`, { param });
}
