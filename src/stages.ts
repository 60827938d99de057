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
import { type Access, createAccess, hasSeveralTenants } from './auth/create-access.ts';
import { createRehearse, type Rehearse } from './auth/rehearse.ts';
import { type Cache, createCache } from './cached/create-cache.ts';
import type { Config, RedactionConfig } from './config/config.ts';
import { credentialsOf } from './credentials/create-credentials.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createDispatch } from './dispatch.ts';
import type { Principal } from './domain/principal.ts';
import type { Provider } from './domain/provider.ts';
import { createExchange, type Exchange } from './exchange/exchange.ts';
import { createExplain, type Explain } from './explain.ts';
import { createOnce, type Once } from './idempotency/once.ts';
import { createLimiting } from './limits/create-limiting.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createSend, type Send } from './provider/send.ts';
import { sendWithCredentials } from './provider/send-with-credentials.ts';
import { createGuard, createStrictGuard } from './redact/guard.ts';
import { createRedact, type Redact } from './redact/redact.ts';
import { createOwners, type Owners } from './route/owners.ts';
import type { Planner } from './route/planner.ts';
import { createResolve } from './route/resolve.ts';
import { createRouting } from './routing.ts';
import type { GatewayState } from './state.ts';
import { contentAttributes } from './trace/content.ts';
import type { ReadContent } from './trace/spans.ts';
import { createNoteTrace } from './trace/tracing.ts';
import { saidIn } from './translate/said.ts';

/** Told the id of an object that a provider made and keeps. Never rejects. */
export type Bind = (principal: Principal, provider: Provider, objectId: string) => Promise<void>;

/** What the ways of requests are made of, put together from a configuration and what the runtime hands over. */
export interface Stages extends Access {
  readonly rehearse: Rehearse;
  readonly admitCall: AdmitCall;
  readonly plan: Planner;
  readonly attempts: Attempts;
  readonly owners: Owners;
  readonly bind: Bind;
  readonly redact: Redact;
  readonly cache: Cache;
  readonly once: Once;
  readonly exchange: Exchange;
  readonly explain: Explain;
  readonly send: Send;
  /** Credentials of providers that are set at run time; null: none can be. */
  readonly credentials: Credentials | null;
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
    sharedAccount: hasSeveralTenants(config),
  });
  const bind = createBind(owners, deps);
  const price = createPricer(config.prices);
  const credentials = credentialsOf(deps, config);
  const sendPlain = createSend({ network: deps.fetch, sandbox: state.sandbox });
  const send = credentials === null ? sendPlain : sendWithCredentials(sendPlain, credentials.of);
  const { maxResponseSize } = config.server;
  const exchange = createExchange({
    clock,
    send,
    price,
    maxResponseSize,
    capturesContent: config.telemetry.content,
  });
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
    ...createAccess({ ...deps, onGuesses: () => metrics.add(METRICS.rateLimited, 1, ['guesses']) }, config),
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
    once: createOnce({
      ...deps,
      store: deps.cache.l2 ?? deps.firstAnswers,
      totalMs,
      onError: () => metrics.add(METRICS.cacheErrors, 1, ['l2', 'idempotency']),
    }),
    exchange,
    explain: createExplain({ clock, price, attempts, inspect: cache.inspect, dropUnsupported }),
    send,
    credentials,
    settle: createSettle({
      ...deps,
      modelLabel,
      tenantLabel,
      keepBooks,
      noteSaved: createSavings({ ...deps, keepBooks }),
      price,
      noteOutput: limiting.outputs.note,
      noteTrace: createNoteTrace(
        {
          ...deps,
          guard: createGuard(config.redaction),
          cost: formatUsd,
          content: config.telemetry.content ? createContent(config.redaction) : null,
        },
        config.telemetry,
      ),
    }),
  };
}

/** What was said in a call, for its span. */
function createContent(redaction: RedactionConfig | null): ReadContent {
  const guard = createStrictGuard(redaction);
  return ({ call }, { target, said }) => {
    const spoken = call === null ? null : saidIn(call, target.provider, said?.() ?? null);
    return spoken === null ? {} : contentAttributes(spoken, guard);
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
