import { type Context, Hono } from 'hono';
import type { Config } from './config/config.ts';
import type { Answer } from './domain/answer.ts';
import type { Incoming } from './domain/call.ts';
import type { Endpoint } from './domain/dialect.ts';
import { refuseForeignPages } from './edge/browser-guard.ts';
import { corsFor } from './edge/cors.ts';
import { health, type Lifecycle, live, ready } from './edge/health.ts';
import { createToIncoming } from './edge/incoming.ts';
import type { DialectEndpoint } from './edge/read-call.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { type AdminOrder, createGateway } from './gateway.ts';
import type { Background } from './ports/background.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createGuard, guardedLogger } from './redact/guard.ts';
import {
  type OfferedModel,
  toAnthropicList,
  toAnthropicModel,
  toOpenAIList,
  toOpenAIModel,
} from './route/models.ts';
import { createState, type GatewayState } from './state.ts';

import type { Forwarding } from './ways/forward.ts';

export interface AppOptions {
  readonly deps: GatewayDeps;
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  /** For `/health`: the product's version and where it runs. */
  readonly version: string;
  readonly runtime: string;
  /** What lived before this configuration; absent: nothing did. */
  readonly state?: GatewayState;
}

/** What an adapter hands over with each request. */
export interface RequestEnv {
  readonly background: Background;
}

type AppContext = Context<{ Bindings: RequestEnv }>;
export type App = Hono<{ Bindings: RequestEnv }> & {
  /** Asks targets that are spared whether they are well. Never rejects. */
  probe(): Promise<void>;
};

const DIALECT_ROUTES: Readonly<Record<string, DialectEndpoint>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
  '/v1/messages/count_tokens': 'count_tokens',
  '/v1/embeddings': 'embeddings',
  '/v1/completions': 'completions',
};

const PASSTHROUGH_ROUTES = [
  '/v1/moderations',
  '/v1/images/*',
  '/v1/audio/*',
  '/v1/files',
  '/v1/files/*',
  '/v1/batches',
  '/v1/batches/*',
];

/** The HTTP rim: routes to the gateway's ways. No stage behind it sees a Hono context. */
export function createApp(options: AppOptions): App {
  const { deps: given, config, lifecycle, version, runtime, state = createState(given) } = options;
  const deps = { ...given, logger: guardedLogger(given.logger, createGuard(config.redaction)) };
  const gateway = createGateway(deps, config, state);
  const toIncoming = createToIncoming({ ...deps, maxRequestSize: config.server.maxRequestSize });
  const healthDeps = { lifecycle, providers: config.providers, version, runtime };
  const { corsOrigins } = config.server;
  const app: App = Object.assign(new Hono<{ Bindings: RequestEnv }>(), { probe: gateway.probe });

  if (corsOrigins.length > 0) app.use(corsFor(corsOrigins));

  /** A route of the API: the request in the gateway's nouns, its answer as a response. */
  const api =
    (endpoint: Endpoint, way: (incoming: Incoming, c: AppContext) => Promise<Answer> | Answer) =>
    async (c: AppContext): Promise<Response> => {
      const incoming = toIncoming(c.req.raw, endpoint);
      try {
        if (config.auth.mode === 'open') refuseForeignPages(incoming, corsOrigins);
      } catch (error) {
        return respond(gateway.refuse(incoming, error as GatewayError, c.env.background));
      }
      return respond(await way(incoming, c));
    };

  const forward = (endpoint: Endpoint, to: (incoming: Incoming, c: AppContext) => Forwarding) =>
    api(endpoint, (incoming, c) => gateway.forward(incoming, to(incoming, c), c.env.background));

  const models = (write: (models: readonly OfferedModel[], incoming: Incoming) => object) =>
    api('models', (incoming, c) =>
      gateway.models(incoming, c.env.background, (offered) => JSON.stringify(write(offered, incoming))),
    );

  for (const [path, endpoint] of Object.entries(DIALECT_ROUTES)) {
    app.post(
      path,
      api(endpoint, (incoming, c) => gateway.call(incoming, endpoint, c.env.background)),
    );
  }

  const responseItem = forward('response_item', ({ path }) => {
    const item = path.slice('/v1/responses/'.length);
    return { kind: 'response_item', objectId: item.split('/')[0] ?? '', path: item };
  });
  app.on(['GET', 'DELETE'], '/v1/responses/:id', responseItem);
  app.post('/v1/responses/:id/cancel', responseItem);
  app.get('/v1/responses/:id/input_items', responseItem);

  app.get(
    '/v1/models',
    models((offered, incoming) => (isAnthropic(incoming) ? toAnthropicList(offered) : toOpenAIList(offered))),
  );
  app.get(
    '/v1/models/*',
    models((offered, incoming) => oneModel(offered, incoming)),
  );

  for (const route of PASSTHROUGH_ROUTES) {
    app.all(
      route,
      forward('passthrough', ({ path, headers }) => ({
        kind: 'passthrough',
        provider: headers.get('x-llm-edge-provider'),
        path: path.slice('/v1'.length),
      })),
    );
  }
  app.all(
    '/proxy/:provider/*',
    forward('passthrough', ({ path }) => {
      const [, , provider = '', ...rest] = path.split('/');
      return { kind: 'passthrough', provider, path: rest.join('/') };
    }),
  );

  app.post(
    '/v1/explain',
    api('explain', (incoming, c) => gateway.explain(incoming, c.env.background)),
  );
  app.get(
    '/v1/usage',
    api('usage', (incoming, c) => gateway.usage(incoming, c.env.background)),
  );
  const admin = (order: AdminOrder) =>
    api('admin', (incoming, c) => gateway.admin(incoming, order, c.env.background));
  app.get('/admin/usage', admin('usage'));
  app.delete('/admin/cache', admin('purge'));
  app.get('/admin/providers', admin('providers'));
  app.post('/admin/providers/*', admin('service'));
  app.get('/admin/config', admin('config'));
  for (const route of gateway.adminRoutes) {
    const act = api('admin', (incoming, c) =>
      gateway.order(incoming, route, c.req.param('id') ?? '', c.env.background),
    );
    app.on(route.method, route.path, act);
  }

  app.get('/health/live', () => respond(live()));
  app.get('/health/ready', () => respond(ready(healthDeps)));
  app.get('/health', () => respond(health(healthDeps)));

  app.notFound(
    api('unknown', (incoming, c) => gateway.refuse(incoming, noRoute(app, incoming), c.env.background)),
  );
  app.onError((error, c) => {
    deps.logger.log('error', 'unhandled', { error: error.message, stack: error.stack });
    const defect = new GatewayError(
      'internal_error',
      'The gateway failed: report the request id to its operator.',
      { cause: error },
    );
    return respond(gateway.refuse(toIncoming(c.req.raw, 'unknown'), defect, c.env.background));
  });
  return app;
}

function respond({ status, headers, body }: Answer): Response {
  return new Response(body as BodyInit | null, { status, headers });
}

function isAnthropic({ headers }: Incoming): boolean {
  return headers.get('anthropic-version') !== null;
}

/** @throws GatewayError `not_found` */
function oneModel(offered: readonly OfferedModel[], incoming: Incoming): object {
  const id = decode(incoming.path.slice('/v1/models/'.length));
  const model = offered.find(({ names }) => names.includes(id));
  if (model === undefined) {
    throw new GatewayError(
      'not_found',
      `There is no model ${JSON.stringify(id.slice(0, 100))} for this key: GET /v1/models lists them.`,
    );
  }
  return isAnthropic(incoming) ? toAnthropicModel(model) : toOpenAIModel(model);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A path that exists for another method is a 405 that names it (RFC 9110 section 15.5.6). */
function noRoute(app: App, { method, path }: Incoming): GatewayError {
  const allowed = app.routes
    .filter((route) => route.method !== 'ALL' && matchesPath(route.path, path))
    .map((route) => route.method);
  if (allowed.length === 0) {
    return new GatewayError(
      'not_found',
      `There is no ${method} ${path.slice(0, 200)} here: see the README for the routes.`,
    );
  }
  const allow = [...new Set(allowed)].join(', ');
  return new GatewayError('method_not_allowed', `${path} takes ${allow}, not ${method}.`, {
    headers: { allow },
  });
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.at(-1) === '*')
    return given.length >= wanted.length && wanted.slice(0, -1).every((part, i) => part === given[i]);
  return (
    wanted.length === given.length && wanted.every((part, i) => part === given[i] || part.startsWith(':'))
  );
}
