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
export function createToIncoming({ clock, ids, maxRequestSize }: IncomingDeps): ToIncoming {
  return function toIncoming(request, endpoint) {
    const { path, query } = splitUrl(request.url);
    const asked = request.headers.get('x-request-id');
    return {
      requestId: asked !== null && CLIENT_REQUEST_ID.test(asked) ? asked : ids.next(),
      endpoint,
      errorDialect: errorDialectOf(endpoint, path, request.headers),
      method: request.method,
      path,
      query,
      headers: request.headers,
      // On Node it is made when it is asked for, which most answers from the cache never do.
      get signal() {
        return request.signal;
      },
      readBody: () => readBody(request, maxRequestSize),
      startedAt: clock.monotonic(),
    };
  };
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
