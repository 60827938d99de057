import { describe, expect, it } from 'vitest';
import type { ConfiguredRoute, RouteTable } from '../config/config.ts';
import type { Principal } from '../domain/principal.ts';
import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { createFindRoute } from './find-route.ts';
import { createJudge, type JudgeDeps } from './misfit.ts';
import { createOrder } from './order.ts';
import { createPlanner, type Planner } from './planner.ts';
import { createResolve } from './resolve.ts';
import type { TargetStats } from './target-stats.ts';
import { asks, callOf, providerOf, routeOf, seeded, statsOf, targetOf } from './testing.ts';

interface Rig extends Partial<RouteTable>, Partial<JudgeDeps> {
  readonly providers?: readonly Provider[];
  readonly stats?: TargetStats;
}

function planner(route: ConfiguredRoute | readonly ConfiguredRoute[], rig: Rig = {}): Planner {
  const routes = [route].flat();
  const { providers = [providerOf('openai'), providerOf('anthropic')], stats = statsOf({}) } = rig;
  return createPlanner({
    findRoute: createFindRoute({ routes, aliases: {}, fallback: null, ...rig }, createResolve(providers)),
    judge: createJudge({ contextOf: () => null, refusalOf: () => null, ...rig }),
    order: createOrder({ stats, price: () => null, random: seeded(1) }),
    stats,
    mayUse: ({ models }, names) => models === null || names.some((name) => models.includes(name)),
  });
}

const principal = (...models: string[]) =>
  ({ tenant: 'acme', models: models.length === 0 ? null : models, credential: null }) as unknown as Principal;

function planOf(plan: Planner, json = asks('Hi'), who = principal()) {
  const { route, targets, leftOut } = plan(who, callOf(json));
  const out = leftOut.map(({ target, reason }) => `${target.id}: ${reason}`);
  return { route: route.name, targets: targets.map(({ id }) => id), out };
}

function refusalOf(plan: Planner, json = asks('Hi'), who = principal()): string {
  try {
    plan(who, callOf(json));
  } catch (fault) {
    if (fault instanceof GatewayError) return `${fault.code}: ${fault.message}`;
    throw fault;
  }
  throw new Error('the call was planned');
}

const gpt = targetOf('openai/gpt-5');
const claude = targetOf('anthropic/claude-sonnet-5');
const old = targetOf('openai/gpt-3.5-turbo');
const smart = routeOf('smart', [gpt, claude]);

describe('the route of a model', () => {
  it('is the one with its name', () => {
    expect(planOf(planner(smart))).toEqual({ route: 'smart', targets: [gpt.id, claude.id], out: [] });
  });

  it('goes before a provider that knows the model', () => {
    const plan = planner(routeOf('gpt-5', [claude]));
    expect(planOf(plan, asks('Hi', { model: 'gpt-5' })).targets).toEqual([claude.id]);
    expect(planOf(plan, asks('Hi', { model: 'openai/gpt-5' })).targets).toEqual([gpt.id]);
  });

  it('is made for the occasion where none is configured', () => {
    const plan = planner([])(principal(), callOf(asks('Hi', { model: 'gpt-4o' })));
    expect(plan).toMatchObject({ route: { name: 'gpt-4o', maxAttempts: 1, midStream: 'error' } });
    expect(plan.targets).toMatchObject([
      { id: 'openai/gpt-4o', model: 'gpt-4o', provider: { id: 'openai' } },
    ]);
  });

  it('may be that of the longest name with a *, which passes on the rest', () => {
    const wild = planner([
      routeOf('gpt-*', [targetOf('anthropic/not-this')]),
      routeOf('gpt-4*', [targetOf('openai/gpt-4*-$&-latest')]),
    ]);
    expect(planOf(wild, asks('Hi', { model: 'gpt-4o' }))).toEqual({
      route: 'gpt-4o',
      targets: ['openai/gpt-4o-$&-latest'],
      out: [],
    });
  });

  it('is found by other names', () => {
    const plan = planner(smart, { aliases: { best: 'smart', mini: 'gpt-5-mini' } });
    expect(planOf(plan, asks('Hi', { model: 'best' })).route).toBe('smart');
    expect(planOf(plan, asks('Hi', { model: 'mini' }))).toMatchObject({
      route: 'gpt-5-mini',
      targets: ['openai/gpt-5-mini'],
    });
  });

  it('is the default for what nobody knows, and for nothing else', () => {
    const plan = planner(smart, { fallback: 'smart' });
    expect(planOf(plan, asks('Hi', { model: 'nobodys' })).route).toBe('smart');
    expect(planOf(plan, asks('Hi', { model: 'gpt-5-mini' })).route).toBe('gpt-5-mini');
    expect(refusalOf(planner(smart), asks('Hi', { model: 'nobodys' }))).toMatch(/^model_not_found/);
  });

  it.each(['constructor', '__proto__', 'toString'])('is none for %s', (model) => {
    expect(refusalOf(planner(smart), asks('Hi', { model }))).toMatch(/^model_not_found/);
  });
});

describe('what a key may use', () => {
  const cheap = planner(smart, { aliases: { best: 'smart' }, fallback: 'smart' });

  it.each([
    ['the route', 'smart', 'smart'],
    ['the route by another name', 'smart', 'best'],
    ['the other name', 'best', 'best'],
    ['the default route', 'smart', 'nobodys'],
  ])('is all of a route with %s', (_, allowed, model) => {
    expect(planOf(cheap, asks('Hi', { model }), principal(allowed)).targets).toEqual([gpt.id, claude.id]);
  });

  it('is a target of a route that it may use by itself', () => {
    expect(planOf(cheap, asks('Hi'), principal('openai/gpt-5'))).toMatchObject({
      targets: [gpt.id],
      out: ['anthropic/claude-sonnet-5: this key may not use it'],
    });
  });

  it('is a route of its own where it is a part, so that answers of the rest are not for it', () => {
    const part = cheap(principal('openai/gpt-5'), callOf(asks('Hi')));
    expect(part.route.targets.map(({ id }) => id)).toEqual([gpt.id]);
    expect(cheap(principal('smart'), callOf(asks('Hi'))).route.targets).toHaveLength(2);
  });

  it('is nothing else', () => {
    expect(refusalOf(cheap, asks('Hi'), principal('gpt-4o'))).toMatch(/^permission_denied.*"smart"/);
    expect(refusalOf(cheap, asks('Hi', { model: 'gpt-5-mini' }), principal('smart'))).toMatch(
      /^permission_denied/,
    );
  });

  it('is not the default route for a name that a key may use and nobody knows', () => {
    expect(refusalOf(cheap, asks('Hi', { model: 'nobodys' }), principal('nobodys'))).toMatch(
      /^permission_denied/,
    );
  });
});

describe('who can answer', () => {
  it('has to have the endpoint', () => {
    const plan = planner(smart);
    const { targets, leftOut } = plan(principal(), callOf({ model: 'smart', input: 'Hi' }, 'embeddings'));
    expect(targets.map(({ id }) => id)).toEqual([gpt.id]);
    expect(leftOut).toMatchObject([{ reason: '"anthropic" has no embeddings endpoint' }]);
  });

  it('has to be able to do what the call asks for', () => {
    const image = { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'u' } }] }] };
    const plan = planner(routeOf('smart', [old, claude]));
    expect(planOf(plan, asks('Hi')).targets).toEqual([old.id, claude.id]);
    expect(planOf(plan, { model: 'smart', ...image })).toMatchObject({
      targets: [claude.id],
      out: ['openai/gpt-3.5-turbo: it cannot do vision'],
    });
  });

  it('has to be able to do what the route requires', () => {
    const plan = planner(routeOf('smart', [old, claude], { requires: ['vision', 'tools'] }));
    expect(planOf(plan).targets).toEqual([claude.id]);
  });

  it('is who the operator says can do it', () => {
    const able = { ...old, capabilities: ['vision'] as const };
    const plan = planner(routeOf('smart', [able, { ...claude, capabilities: [] }], { requires: ['vision'] }));
    expect(planOf(plan).targets).toEqual([old.id]);
  });

  it('has room for the input and the output that was asked for', () => {
    const sizes = { 'gpt-5': 400, 'claude-sonnet-5': 4000 };
    const contextOf: JudgeDeps['contextOf'] = ({ model }) =>
      new Map(Object.entries(sizes)).get(model) ?? null;
    const plan = planner(smart, { contextOf });
    expect(planOf(plan, asks('word '.repeat(300))).targets).toHaveLength(2);
    expect(planOf(plan, asks('word '.repeat(500)))).toMatchObject({
      targets: [claude.id],
      out: [expect.stringMatching(/^openai\/gpt-5: about \d+ tokens .* more than the 400 it takes$/)],
    });
    expect(planOf(plan, asks('Hi', { max_tokens: 1000 })).targets).toEqual([claude.id]);
    expect(refusalOf(plan, asks('Hi', { max_tokens: 9000 }))).toMatch(
      /^invalid_request.*openai\/gpt-5: about.*; anthropic\/claude-sonnet-5: about/,
    );
  });

  it('is not judged by the bytes of files', () => {
    const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    const plan = planner(smart, { contextOf: () => 1000 });
    expect(planOf(plan, { model: 'smart', messages: [{ role: 'user', content }] }).targets).toHaveLength(2);
  });

  it('is not who would refuse it', () => {
    const plan = planner(smart, {
      refusalOf: (_call, { provider }) => (provider.id === 'openai' ? 'No field "x" there.' : null),
    });
    expect(planOf(plan)).toMatchObject({ targets: [claude.id], out: ['openai/gpt-5: No field "x" there.'] });
  });

  it('is not asked where there is no choice', () => {
    const plan = planner(routeOf('smart', [old]), { refusalOf: () => 'never' });
    expect(planOf(plan, asks('Hi', { reasoning_effort: 'low' })).targets).toEqual([old.id]);
  });

  it('is who keeps what the call goes on from', () => {
    const plan = planner(smart);
    const { targets, leftOut } = plan(principal(), callOf(asks('Hi')), 'anthropic');
    expect(targets.map(({ id }) => id)).toEqual([claude.id]);
    expect(leftOut).toMatchObject([{ reason: '"anthropic" keeps what the call goes on from' }]);
    expect(
      planner(routeOf('smart', [gpt]))(principal(), callOf(asks('Hi')), 'anthropic').targets,
    ).toHaveLength(1);
  });

  it('is of the first provider alone, where the client brought its key', () => {
    const mini = targetOf('openai/gpt-5-mini');
    const plan = planner(routeOf('smart', [gpt, claude, mini]));
    const client = { ...principal(), credential: 'sk-of-the-client' } as Principal;
    expect(planOf(plan, asks('Hi'), client)).toMatchObject({
      targets: [gpt.id, mini.id],
      out: ['anthropic/claude-sonnet-5: the key that the client brought is for "openai"'],
    });
  });

  it('is not who is out of service', () => {
    const drained = (...ids: string[]) =>
      statsOf(Object.fromEntries(ids.map((id) => [id, { standing: 'drained' }])));
    expect(planOf(planner(smart, { stats: drained(gpt.id) }))).toMatchObject({
      targets: [claude.id],
      out: ['openai/gpt-5: it is out of service'],
    });
    expect(refusalOf(planner(smart, { stats: drained(gpt.id, claude.id) }))).toMatch(
      /^no_provider.*out of service/,
    );
  });
});

describe('the order', () => {
  it('is by tier first', () => {
    const targets = [{ ...gpt, tier: 1 }, claude, { ...old, tier: 1 }];
    const [first, second, third] = planner(routeOf('smart', targets))(
      principal(),
      callOf(asks('Hi')),
    ).targets;
    expect([first?.id, second?.id, third?.id]).toEqual([claude.id, gpt.id, old.id]);
    expect(first).toMatchObject({ score: 0, reason: 'the only one of its tier' });
    expect(third).toMatchObject({ score: 1, reason: 'number 2 in the list' });
  });
});
