import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Plan, PlannedTarget, RouteTarget } from '../domain/plan.ts';
import { asks, callOf, routeOf, targetOf } from '../route/testing.ts';
import { keyOf } from './key-of.ts';

const [gpt, claude] = [targetOf('openai/gpt-5'), targetOf('anthropic/claude-sonnet-5')];
const planned = (target: RouteTarget): PlannedTarget => ({ ...target, score: 0, reason: '' });

function keyFor(targets: readonly RouteTarget[], first: RouteTarget, name = 'smart') {
  const plan: Plan = { route: routeOf(name, targets), targets: [planned(first)], leftOut: [] };
  const incoming = { headers: new Headers(), query: '' };
  const keyed = { tenant: 'acme', namespace: null, call: callOf(asks('Hi')), plan, incoming };
  return keyOf(keyed, async (text) => createHash('sha256').update(text).digest('hex'));
}

it('is the same whichever target of a route comes first', async () => {
  expect(await keyFor([gpt, claude], claude)).toBe(await keyFor([gpt, claude], gpt));
});

it('is another one for another route, and when a route leads elsewhere', async () => {
  const keys = await Promise.all([
    keyFor([gpt, claude], gpt),
    keyFor([gpt, claude], gpt, 'other'),
    keyFor([gpt], gpt),
    keyFor([{ ...gpt, overrides: { temperature: 0 } }, claude], gpt),
    keyFor([{ ...gpt, provider: { ...gpt.provider, baseUrl: 'https://eu.example' } }, claude], gpt),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
});
