import type { AdminRoute } from './admin/admin-route.ts';
import { createAdminRoutes } from './admin/create-admin.ts';
import { chargedTo } from './admission.ts';
import type { CallLife } from './call-life.ts';
import type { Config } from './config/config.ts';
import type { Answer } from './domain/answer.ts';
import type { Incoming } from './domain/call.ts';
import { type DialectEndpoint, readCall } from './edge/read-call.ts';
import type { GatewayError } from './errors/gateway-error.ts';
import type { Background } from './ports/background.ts';
import type { GatewayDeps } from './ports/index.ts';
import { createIsWell } from './provider/is-well.ts';
import type { OfferedModel } from './route/models.ts';
import { createStages } from './stages.ts';
import type { GatewayState } from './state.ts';
import { type Admin, createAdmin } from './ways/admin.ts';
import { createExplainCall } from './ways/explain-call.ts';
import { createForward, type Forwarding } from './ways/forward.ts';
import { createLives } from './ways/lives.ts';
import { createModels } from './ways/models.ts';
import { createProbe, type Probe } from './ways/probe.ts';
import { createUsage } from './ways/usage.ts';

/** What an operator may order. */
export type AdminOrder = keyof Admin | 'usage';

/** The ways of requests. None rejects. */
export interface Gateway {
  /** The way of a call that a dialect describes. */
  call(incoming: Incoming, endpoint: DialectEndpoint, background: Background): Promise<Answer>;
  /** The way of a request that is forwarded as it is. */
  forward(incoming: Incoming, to: Forwarding, background: Background): Promise<Answer>;
  /** The models this principal may use. */
  models(
    incoming: Incoming,
    background: Background,
    write: (models: readonly OfferedModel[]) => string,
  ): Promise<Answer>;
  /** What would be done with a call, without doing it. */
  explain(incoming: Incoming, background: Background): Promise<Answer>;
  /** What the key that asks used. */
  usage(incoming: Incoming, background: Background): Promise<Answer>;
  /** What the operator orders. */
  admin(incoming: Incoming, order: AdminOrder, background: Background): Promise<Answer>;
  /** More that the operator may order: keys and credentials. */
  readonly adminRoutes: readonly AdminRoute[];
  order(incoming: Incoming, route: AdminRoute, id: string, background: Background): Promise<Answer>;
  /** Asks targets that are spared whether they are well. */
  readonly probe: Probe;
  /** A request that has no way. */
  refuse(incoming: Incoming, error: GatewayError, background: Background): Answer;
}

export function createGateway(deps: GatewayDeps, config: Config, state: GatewayState): Gateway {
  const stages = createStages(deps, config, state);
  const lives = createLives(deps, stages.settle, config);
  const forward = createForward(stages, config);
  const models = createModels(stages, config, deps.clock);
  const explainCall = createExplainCall(stages);
  const usage = createUsage(stages, deps);
  const admin = { ...createAdmin(stages, config), usage: usage.all };
  const { authenticate, requireAdmin, rehearse, admitCall, plan, owners, redact, once, cache } = stages;

  /** The stages in their order: each needs what the one before gave. */
  async function call(life: CallLife, endpoint: DialectEndpoint, background: Background): Promise<Answer> {
    const { record } = life;
    const { incoming } = record;
    const principal = await authenticate(incoming);
    record.principal = principal;
    record.rehearsal = await rehearse(incoming);
    const known = (text: string) => cache.knownCall(principal.tenant, endpoint, text);
    const asked = await readCall(incoming, endpoint, known);
    record.call = asked;
    const keeper = await owners.keeperOf(principal, asked.body.json);
    const planned = plan(principal, asked, keeper);
    const [target] = planned.targets;
    record.target = target;
    await owners.requireInBody(principal, asked.body.json);
    const { call, restore } = redact.call(asked);
    const headers = await admitCall(life, principal, call, planned.targets);
    const own = record.rehearsal === null ? principal.cache : NOT_CACHED;
    const cachePolicy = cache.policyOf(planned.route.cache, own);
    const prepared = { life, plan: planned, call, headers, shared: false, cachePolicy };
    const again = () =>
      lives.aside(incoming, background, {
        principal,
        call,
        target,
        tags: record.tags,
        custody: chargedTo(record.custody),
        trace: record.trace,
      });
    const first = { life, call: asked, headers };
    return restore(await once(principal, first, () => cache.call(principal, prepared, again)));
  }

  async function order(life: CallLife, { act }: AdminRoute, id: string): Promise<Answer> {
    const { incoming } = life.record;
    await requireAdmin(incoming);
    const { status, body } = await act(incoming, id);
    return life.answer(status, { 'cache-control': 'no-store' }, JSON.stringify(body));
  }

  return {
    call: (incoming, endpoint, background) =>
      lives.run(incoming, background, (life) => call(life, endpoint, background)),
    forward: (incoming, to, background) => lives.run(incoming, background, (life) => forward(life, to)),
    models: (incoming, background, write) => lives.run(incoming, background, (life) => models(life, write)),
    explain: (incoming, background) => lives.run(incoming, background, explainCall),
    usage: (incoming, background) => lives.run(incoming, background, usage.own),
    admin: (incoming, order, background) => lives.run(incoming, background, (life) => admin[order](life)),
    adminRoutes: createAdminRoutes({ ...deps, ...stages }, config),
    order: (incoming, route, id, background) =>
      lives.run(incoming, background, (life) => order(life, route, id)),
    probe: createProbe(stages.attempts, config, createIsWell(stages.send, deps.clock)),
    refuse: (incoming, error, background) => lives.begin(incoming, background).refuse(error),
  };
}

/** What is rehearsed is to be seen. */
const NOT_CACHED = { mode: 'off' } as const;
