import type { ErrorDialect } from '../../domain/dialect.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetch, UpstreamReply, UpstreamRequest } from '../../ports/fetch.ts';
import { durationMs, MODELS } from './behaviour.ts';
import { prepareChat } from './chat.ts';
import { prepareCompletion } from './completions.ts';
import { ApiError } from './errors.ts';
import { createIds } from './ids.ts';
import type { Job, JobContext } from './job.ts';
import { prepareMessage } from './messages.ts';
import { ResponseStore } from './response-store.ts';
import { prepareResponse } from './responses.ts';
import { errorReply, jsonReply, type ServeDeps, serveCount, serveEmbeddings, serveText } from './serve.ts';
import { aborted } from './wait.ts';

type Handle = (request: UpstreamRequest, url: URL, id: string) => Promise<UpstreamReply> | UpstreamReply;

interface Route {
  readonly method: string;
  /** Tested against the end of the path; its first group is the `id`. */
  readonly path: RegExp;
  readonly errors: ErrorDialect;
  readonly handle: Handle;
}

/**
 * A small deterministic model that answers like a provider, without a network: to see the gateway work without a
 * key, and as an upstream in tests. What it does is in the model's name (`MODELS`); the host of a URL is ignored.
 * Errors of a provider are answers; it throws UpstreamFault only for an abort (and, in a body, for `fail-mid`).
 */
export function createSandbox({ clock }: { readonly clock: Clock }): Fetch {
  const deps: ServeDeps = { clock, ids: createIds(clock) };
  const routes = [...textRoutes(deps), ...responseRoutes(deps)];

  return async function sandbox(request) {
    if (request.signal.aborted) throw aborted();
    const url = new URL(request.url);
    const path = url.pathname;
    const route = routes.find((one) => one.method === request.method && one.path.test(path));
    try {
      if (route === undefined) throw new ApiError(404, `Unknown request URL: ${request.method} ${path}.`);
      return await route.handle(request, url, route.path.exec(path)?.[1] ?? '');
    } catch (error) {
      return errorReply(deps, request, asApiError(error), route?.errors ?? 'openai');
    }
  };
}

/** JSON that was nested deeply enough to be read can still be too deep to be written. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RangeError) return new ApiError(400, 'The body is nested too deeply.');
  throw error;
}

function textRoutes(deps: ServeDeps): Route[] {
  const route = (method: string, path: RegExp, errors: ErrorDialect, handle: Handle): Route => ({
    method,
    path,
    errors,
    handle,
  });
  return [
    route('POST', /\/chat\/completions$/, 'openai', (request) => serveText(deps, request, prepareChat)),
    route('POST', /\/completions$/, 'openai', (request) => serveText(deps, request, prepareCompletion)),
    route('POST', /\/messages$/, 'anthropic', (request) => serveText(deps, request, prepareMessage)),
    route('POST', /\/messages\/count_tokens$/, 'anthropic', (request) => serveCount(deps, request)),
    route('POST', /\/embeddings$/, 'openai', (request) => serveEmbeddings(deps, request)),
    route('GET', /\/models$/, 'openai', (request) => jsonReply(deps, request, JSON.stringify(models()))),
  ];
}

function responseRoutes(deps: ServeDeps): Route[] {
  const store = new ResponseStore(deps.clock, deps.ids);
  const route = (
    method: string,
    path: RegExp,
    answer: (id: string, query: URLSearchParams) => string,
  ): Route => ({
    method,
    path,
    errors: 'openai',
    handle: (request, url, id) => jsonReply(deps, request, answer(id, url.searchParams)),
  });
  return [
    {
      method: 'POST',
      path: /\/responses$/,
      errors: 'openai',
      handle: (request) => serveText(deps, request, (body, context) => respond(store, body, context)),
    },
    route('GET', /\/responses\/([^/]+)$/, (id) => store.get(id)),
    route('DELETE', /\/responses\/([^/]+)$/, (id) => {
      store.delete(id);
      return JSON.stringify({ id, object: 'response', deleted: true });
    }),
    route('POST', /\/responses\/([^/]+)\/cancel$/, (id) => store.cancel(id)),
    route('GET', /\/responses\/([^/]+)\/input_items$/, (id, query) =>
      JSON.stringify(store.inputItems(id, pageOf(query))),
    ),
  ];
}

function respond(
  store: ResponseStore,
  body: Parameters<typeof prepareResponse>[0],
  context: JobContext,
): Job {
  const job = prepareResponse(body, context);
  const { previousId, deltas } = job;
  if (previousId !== null && !store.has(previousId)) {
    throw new ApiError(400, `Previous response with id '${previousId}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  }
  const { behaviour } = context;
  if (job.store && behaviour.fault === null) store.keep(job, durationMs(behaviour, deltas));
  return job;
}

function pageOf(query: URLSearchParams): { order: string; after: string | null; limit: number } {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new ApiError(400, 'limit: a whole number from 1 to 100', { param: 'limit' });
  }
  return { order: query.get('order') ?? 'desc', after: query.get('after'), limit };
}

/** `created` is a constant: the models are as old as this file. */
function models(): object {
  const data = MODELS.map((id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'sandbox' }));
  return { object: 'list', data };
}
