import { METRICS } from './account/instruments.ts';
import { createModelLabel, knownModels } from './account/models.ts';
import { createPricer } from './account/price.ts';
import { createSettle } from './account/settle.ts';
import type { AdminRoute } from './admin/admin-route.ts';
import { createAdmin } from './admin/create-admin.ts';
import { mayAsk, mayUseProvider, requireModel, requireProvider, requireUnreadPaths } from './auth/allow.ts';
import { createAccess, hasSeveralTenants } from './auth/create-access.ts';
import { createCache } from './cached/create-cache.ts';
import { CallLife } from './call-life.ts';
import type { Config } from './config/config.ts';
import { credentialsOf } from './credentials/create-credentials.ts';
import { createDispatch } from './dispatch.ts';
import type { Answer } from './domain/answer.ts';
import type { Incoming } from './domain/call.ts';
import type { Principal } from './domain/principal.ts';
import type { Provider } from './domain/provider.ts';
import type { CallRecord } from './domain/record.ts';
import { callTimeoutMs } from './edge/call-timeout.ts';
import { type DialectEndpoint, readCall } from './edge/read-call.ts';
import type { GatewayError } from './errors/gateway-error.ts';
import { createExchange } from './exchange/exchange.ts';
import { createExplain, endpointOf } from './explain.ts';
import { createAdmit } from './limits/admit.ts';
import type { Background } from './ports/background.ts';
import type { Fetch } from './ports/fetch.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createDiscoverModels } from './provider/discover-models.ts';
import { requestHeaders } from './provider/request-headers.ts';
import { createSend } from './provider/send.ts';
import { sendWithCredentials } from './provider/send-with-credentials.ts';
import { endpointUrl, pathUrl } from './provider/url.ts';
import { type OfferedModel, offeredModels } from './route/models.ts';
import { createOwners } from './route/owners.ts';
import { passthroughProvider } from './route/passthrough.ts';
import { createResolve } from './route/resolve.ts';

/** Where a forwarded request goes: chosen once the principal is known. */
export type Forwarding =
  /** An object that a provider keeps, at `path` below its endpoint. */
  | { readonly kind: 'response_item'; readonly objectId: string; readonly path: string }
  /** Any path of the provider that is named, or else of the first that speaks OpenAI. */
  | { readonly kind: 'passthrough'; readonly provider: string | null; readonly path: string };

export interface Gateway {
  /** The way of a call that a dialect describes. Never rejects. */
  call(incoming: Incoming, endpoint: DialectEndpoint, background: Background): Promise<Answer>;
  /** The way of a request that is forwarded as it is. Never rejects. */
  forward(incoming: Incoming, to: Forwarding, background: Background): Promise<Answer>;
  /** The models this principal may use. Never rejects. */
  models(
    incoming: Incoming,
    background: Background,
    write: (models: readonly OfferedModel[]) => string,
  ): Promise<Answer>;
  /** What would be done with a call, without doing it. Never rejects. */
  explain(incoming: Incoming, background: Background): Promise<Answer>;
  /** What an operator may order. */
  readonly adminRoutes: readonly AdminRoute[];
  /** Carries an order out. Never rejects. */
  order(incoming: Incoming, route: AdminRoute, id: string, background: Background): Promise<Answer>;
  /** A request that has no way. */
  refuse(incoming: Incoming, error: GatewayError, background: Background): Answer;
}

export function createGateway(deps: GatewayDeps, config: Config, sandbox: Fetch): Gateway {
  const { clock, metrics } = deps;
  const { providers } = config;
  const { dropUnsupported } = config.translation;
  const onGuesses = () => metrics.add(METRICS.rateLimited, 1, ['guesses']);
  const { authenticate, requireAdmin, knownKeys } = createAccess({ ...deps, onGuesses }, config);
  const admit = createAdmit({
    limits: deps.limits,
    defaultRpm: config.limits.rpm,
    onLimited: (limit) => metrics.add(METRICS.rateLimited, 1, [limit]),
  });
  const resolve = createResolve(providers);
  const owners = createOwners({
    store: deps.owners,
    providers: providers.filter(({ paths }) => paths.response_item !== undefined),
    sharedAccount: hasSeveralTenants(config),
  });
  const price = createPricer(config.prices);
  const credentials = credentialsOf(deps, config);
  const sendPlain = createSend({ network: deps.fetch, sandbox });
  const send = credentials === null ? sendPlain : sendWithCredentials(sendPlain, credentials.of);
  const exchange = createExchange({
    clock,
    send,
    price,
    firstByteMs: config.timeouts.firstByteMs,
    idleMs: config.timeouts.idleMs,
    maxResponseSize: config.server.maxResponseSize,
  });
  const dispatch = createDispatch({
    ...deps,
    exchange,
    maxMediaBytes: config.media.maxBytes,
    dropUnsupported,
    bind,
  });
  const modelLabel = createModelLabel(providers);
  const cache = createCache(
    { ...deps, dispatch, send, price, resolve, modelLabel, totalMs: config.timeouts.totalMs },
    config.cache,
  );
  const explain = createExplain({ clock, price, inspect: cache.inspect, dropUnsupported });
  const discover = createDiscoverModels(send, clock);
  const settle = createSettle({ ...deps, modelLabel });

  function begin(incoming: Incoming, background: Background): CallLife {
    metrics.add(METRICS.activeRequests, 1, []);
    const totalMs = callTimeoutMs(incoming.headers, config.timeouts.totalMs);
    return new CallLife(
      { clock, logger: deps.logger, settle, totalMs },
      incoming,
      deps.ids.next(),
      background,
    );
  }

  /** The life of a call that is made once more, for nobody. */
  function aside(
    incoming: Incoming,
    background: Background,
    known: Pick<CallRecord, 'principal' | 'call' | 'target'>,
  ): CallLife {
    const { signal } = new AbortController();
    const life = begin({ ...incoming, signal, startedAt: clock.monotonic() }, background);
    Object.assign(life.record, known);
    return life;
  }

  /** What every way has around it: a life, and an answer whatever happens. */
  async function run(
    incoming: Incoming,
    background: Background,
    way: (life: CallLife) => Promise<Answer>,
  ): Promise<Answer> {
    const life = begin(incoming, background);
    try {
      return await way(life);
    } catch (fault) {
      return life.refuse(fault);
    }
  }

  return {
    call,
    forward,
    models,
    explain: explainCall,
    order,
    adminRoutes: createAdmin({ ...deps, knownKeys, credentials, purge: cache.purge }, config),
    refuse: (incoming, error, background) => begin(incoming, background).refuse(error),
  };

  function call(incoming: Incoming, endpoint: DialectEndpoint, background: Background): Promise<Answer> {
    return run(incoming, background, async (life) => {
      const { record } = life;
      const principal = await authenticate(incoming);
      record.principal = principal;
      const admission = await admit(principal);
      const call = await readCall(incoming, endpoint);
      record.call = call;
      const target = resolve(call.model, endpoint);
      record.target = target;
      requireModel(principal, call.model, target);
      await owners.requireInBody(principal, call.body.json);
      const prepared = { life, target, call, headers: admission.headers, shared: false };
      const again = () => aside(incoming, background, { principal, call, target });
      return cache.call(principal, prepared, again);
    });
  }

  function forward(incoming: Incoming, to: Forwarding, background: Background): Promise<Answer> {
    return run(incoming, background, async (life) => {
      const { record } = life;
      const principal = await authenticate(incoming);
      record.principal = principal;
      const admission = await admit(principal);
      const { provider, url } = await destination(principal, incoming, to);
      const target = { provider, model: '' };
      record.target = target;
      const body = hasBody(incoming.method) ? await incoming.readBody() : null;
      if (body !== null) await owners.requireInBytes(principal, body);
      const onObject = incoming.method === 'POST' ? (id: string) => bind(principal, provider, id) : null;
      return await exchange.opaque(
        {
          life,
          target,
          request: {
            method: incoming.method,
            url,
            headers: requestHeaders({
              provider,
              client: incoming.headers,
              clientCredential: principal.credential,
              contentType:
                body === null ? null : (incoming.headers.get('content-type') ?? 'application/json'),
            }),
            body,
          },
          clientCredential: principal.credential !== null,
          headers: admission.headers,
        },
        onObject,
      );
    });
  }

  function models(
    incoming: Incoming,
    background: Background,
    write: (models: readonly OfferedModel[]) => string,
  ): Promise<Answer> {
    return run(incoming, background, async (life) => {
      const { record } = life;
      const principal = await authenticate(incoming);
      record.principal = principal;
      const admission = await admit(principal);
      const offered = await offeredModels(providers, async (provider) => {
        const known = knownModels(provider.id);
        return known.length > 0 || provider.models.some((name) => !name.endsWith('-'))
          ? known
          : discover(provider);
      });
      const body = write(
        offered.filter(
          ({ id, provider }) =>
            mayAsk(principal, [id, `${provider.id}/${id}`], null) && mayUseProvider(principal, provider.id),
        ),
      );
      return life.answer(200, admission.headers, body);
    });
  }

  function explainCall(incoming: Incoming, background: Background): Promise<Answer> {
    return run(incoming, background, async (life) => {
      const { record } = life;
      const principal = await authenticate(incoming);
      record.principal = principal;
      const { headers: limits } = await admit(principal);
      const bytes = await incoming.readBody();
      const endpoint = endpointOf(incoming, bytes);
      const call = await readCall({ ...incoming, query: '', readBody: async () => bytes }, endpoint);
      const target = resolve(call.model, endpoint);
      requireModel(principal, call.model, target);
      const asked = { ...incoming, query: '' };
      const explanation = await explain({ principal, incoming: asked, call, target, limits });
      return life.answer(200, limits, JSON.stringify(explanation));
    });
  }

  function order(
    incoming: Incoming,
    { act }: AdminRoute,
    id: string,
    background: Background,
  ): Promise<Answer> {
    return run(incoming, background, async (life) => {
      await requireAdmin(incoming);
      const { status, body } = await act(incoming, id);
      return life.answer(status, {}, JSON.stringify(body));
    });
  }

  /** An answer is worth more than its binding: without it, the object can only not be asked for by id. */
  async function bind(principal: Principal, provider: Provider, objectId: string): Promise<void> {
    try {
      await owners.bind(principal, provider, objectId);
    } catch (error) {
      deps.logger.log('warn', 'owner not stored', { object: objectId, error: String(error) });
    }
  }

  async function destination(
    principal: Principal,
    incoming: Incoming,
    to: Forwarding,
  ): Promise<{ provider: Provider; url: string }> {
    if (to.kind === 'response_item') {
      const provider = await owners.find(principal, to.objectId);
      requireProvider(principal, provider.id);
      const root = `${endpointUrl(provider, 'response_item')}/`;
      return { provider, url: root + to.path.split('/').map(encodeURIComponent).join('/') + incoming.query };
    }
    requireUnreadPaths(principal);
    const allowed =
      to.provider === null ? providers.filter(({ id }) => mayUseProvider(principal, id)) : providers;
    const provider = passthroughProvider(allowed, to.provider);
    requireProvider(principal, provider.id);
    await owners.requireInPath(principal, incoming.method, to.path);
    return { provider, url: pathUrl(provider, to.path, incoming.query) };
  }
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}
