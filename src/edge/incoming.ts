import type { Incoming } from '../domain/call.ts';
import type { Endpoint, ErrorDialect } from '../domain/dialect.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { readBody } from './body.ts';

export interface IncomingDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly maxRequestSize: number;
}

export type ToIncoming = (request: Request, endpoint: Endpoint) => Incoming;

/** What a client may call its request, so that its own logs and ours meet. */
const CLIENT_REQUEST_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** The HTTP rim's view of a request, in the gateway's nouns. */
export function createToIncoming(deps: IncomingDeps): ToIncoming {
  return (request, endpoint) => new Received(request, endpoint, deps);
}

/**
 * A class, since V8 gives an object literal with a getter a shape of its own each time, and keeps that until the next full
 * collection, together with all that the getter closes over: the request, and by it the whole of its call.
 */
class Received implements Incoming {
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly errorDialect: ErrorDialect;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  readonly startedAt: number;
  readonly readBody: () => Promise<Uint8Array>;
  readonly #request: Request;

  constructor(request: Request, endpoint: Endpoint, { clock, ids, maxRequestSize }: IncomingDeps) {
    const { method, headers } = request;
    const { path, query } = splitUrl(request.url);
    const asked = headers.get('x-request-id');
    this.requestId = asked !== null && CLIENT_REQUEST_ID.test(asked) ? asked : ids.next();
    this.endpoint = endpoint;
    this.errorDialect = errorDialectOf(endpoint, path, headers);
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.startedAt = clock.monotonic();
    this.readBody = () => readBody(request, maxRequestSize);
    this.#request = request;
  }

  /** On Node it is made when it is asked for, which most answers from the cache never do. Not the object's own: a copy by `...` lacks it. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}

/** The endpoint's own; where it has none, that of who sends the header which all of Anthropic's clients send. */
function errorDialectOf(endpoint: Endpoint, path: string, headers: Headers): ErrorDialect {
  switch (endpoint) {
    case 'messages':
    case 'count_tokens':
      return 'anthropic';
    case 'models':
    case 'passthrough':
    case 'unknown':
      // By path first, so that a wrong method or a typo below `/v1/messages` is answered in Anthropic's words too.
      return path.startsWith('/v1/messages') || headers.has('anthropic-version') ? 'anthropic' : 'openai';
    default:
      return 'openai';
  }
}

/** Path and query as they were sent: `new URL` would cost ten times as much and tidy them up. */
function splitUrl(url: string): { path: string; query: string } {
  const pathStart = url.indexOf('/', url.indexOf('//') + 2);
  const queryStart = url.indexOf('?', pathStart);
  if (pathStart === -1) return { path: '/', query: '' };
  return queryStart === -1
    ? { path: url.slice(pathStart), query: '' }
    : { path: url.slice(pathStart, queryStart), query: url.slice(queryStart) };
}
