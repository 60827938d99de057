import { createBooks } from './account/books.ts';
import { createShowBudget } from './account/budget-gauge.ts';
import { METRICS } from './account/instruments.ts';
import { createModelLabel } from './account/models.ts';
import { createPricer, formatUsd } from './account/price.ts';
import { createSavings } from './account/savings.ts';
import { createSettle, type Settle } from './account/settle.ts';
import { createTenantLabel } from './account/tenants.ts';
import { type AdmitCall, createAdmitCall } from './admission.ts';
import { createAnswerCall } from './answer-call.ts';
import { type Attempts, createAttempts } from './attempts/attempts.ts';
import { createRequireAdmin, type RequireAdmin } from './auth/admin.ts';
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts';
import { createFindKey } from './auth/find-key.ts';
import { createRehearse, type Rehearse } from './auth/rehearse.ts';
import { rememberedHash } from './auth/remembered-hash.ts';
import { type Cache, createCache } from './cached/create-cache.ts';
import type { Config } from './config/config.ts';
import { createDispatch } from './dispatch.ts';
import type { Principal } from './domain/principal.ts';
import type { Provider } from './domain/provider.ts';
import { createExchange, type Exchange } from './exchange/exchange.ts';
import { createExplain, type Explain } from './explain.ts';
import { createLimiting } from './limits/create-limiting.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createSend, type Send } from './provider/send.ts';
import { createRedact, type Redact } from './redact/redact.ts';
import { createOwners, type Owners } from './route/owners.ts';
import type { Planner } from './route/planner.ts';
import { createResolve } from './route/resolve.ts';
import { createRouting } from './routing.ts';
import type { GatewayState } from './state.ts';

/** Told the id of an object that a provider made and keeps. Never rejects. */
export type Bind = (principal: Principal, provider: Provider, objectId: string) => Promise<void>;

/** What the ways of requests are made of, put together from a configuration and what the runtime hands over. */
export interface Stages {
  readonly authenticate: Authenticate;
  readonly requireAdmin: RequireAdmin;
  readonly rehearse: Rehearse;
  readonly admitCall: AdmitCall;
  readonly plan: Planner;
  readonly attempts: Attempts;
  readonly owners: Owners;
  readonly bind: Bind;
  readonly redact: Redact;
  readonly cache: Cache;
  readonly exchange: Exchange;
  readonly explain: Explain;
  readonly send: Send;
  readonly settle: Settle;
}

export function createStages(deps: GatewayDeps, config: Config, state: GatewayState): Stages {
  const { clock, metrics } = deps;
  const { providers, timeouts, auth } = config;
  const { dropUnsupported } = config.translation;
  const resolve = createResolve(providers);
  const owners = createOwners({
    store: deps.owners,
    providers: providers.filter(({ paths }) => paths.response_item !== undefined),
    sharedAccount: new Set(auth.keys.map(({ tenant }) => tenant)).size > 1,
  });
  const bind = createBind(owners, deps);
  const price = createPricer(config.prices);
  const send = createSend({ network: deps.fetch, sandbox: state.sandbox });
  const { maxResponseSize } = config.server;
  const exchange = createExchange({ clock, send, price, maxResponseSize });
  const maxMediaBytes = config.media.maxBytes;
  const dispatchTo = createDispatch({ ...deps, exchange, maxMediaBytes, dropUnsupported, bind });
  const modelLabel = createModelLabel(providers, config.routes);
  const tenantLabel = createTenantLabel(auth.keys);
  const { random } = Math;
  const attempts = createAttempts({ clock, random, metrics, book: state.health, modelLabel }, timeouts);
  const dispatch = createAnswerCall({ run: attempts.run, dispatchTo, metrics, modelLabel });
  const keepBooks = createBooks(deps);
  const limiting = createLimiting({
    ...deps,
    config: config.limits,
    price,
    money: formatUsd,
    keepBooks,
    onLimited: (limit) => metrics.add(METRICS.rateLimited, 1, [limit]),
  });
  const { totalMs } = timeouts;
  const cache = createCache({ ...deps, dispatch, send, price, resolve, modelLabel, totalMs }, config.cache);
  return {
    authenticate: createAuthenticate({
      ...deps,
      sha256: rememberedHash(deps.sha256),
      mode: auth.mode,
      findKey: createFindKey(auth.keys, deps.sha256, deps.keys),
    }),
    requireAdmin: createRequireAdmin(config.admin.apiKey, deps.sha256),
    rehearse: createRehearse(config.admin.apiKey, deps.sha256),
    admitCall: createAdmitCall({
      ...deps,
      ...limiting,
      price,
      showBudget: createShowBudget(metrics, tenantLabel),
    }),
    plan: createRouting({ clock, price, resolve, stats: attempts, random }, config),
    attempts,
    owners,
    bind,
    redact: createRedact(config.redaction, (kind, count) => metrics.add(METRICS.redactions, count, [kind])),
    cache,
    exchange,
    explain: createExplain({ clock, price, attempts, inspect: cache.inspect, dropUnsupported }),
    send,
    settle: createSettle({
      ...deps,
      modelLabel,
      tenantLabel,
      keepBooks,
      noteSaved: createSavings({ ...deps, keepBooks }),
      price,
      noteOutput: limiting.outputs.note,
    }),
  };
}

/** An answer is worth more than its binding: without it, the object can only not be asked for by id. */
function createBind(owners: Owners, { logger }: Pick<GatewayDeps, 'logger'>): Bind {
  return async function bind(principal, provider, objectId) {
    try {
      await owners.bind(principal, provider, objectId);
    } catch (error) {
      logger.log('warn', 'owner not stored', { object: objectId, error: String(error) });
    }
  };
}
