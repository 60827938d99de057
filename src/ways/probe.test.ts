import { expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createScriptedFetch } from '../../adapters/memory/fetch.ts';
import type { Config } from '../config/config.ts';
import { createIsWell } from '../provider/is-well.ts';
import { createSend } from '../provider/send.ts';
import { routeOf, targetOf } from '../route/testing.ts';
import { createProbe } from './probe.ts';

it('asks the targets of routes for their models, and takes a failure or silence for unwell', async () => {
  const asked: string[] = [];
  const fetch = createScriptedFetch(({ method, url }) => {
    asked.push(`${method} ${new URL(url).pathname}`);
    return url.includes('anthropic') ? { status: 503 } : { status: 401, body: '{}' };
  });
  const send = createSend({ network: fetch, sandbox: fetch });
  const isWell = createIsWell(send, createFakeClock());
  const routes = [routeOf('r', [targetOf('openai/a'), targetOf('anthropic/b'), targetOf('openai/*')])];
  const config = { routes: { routes, aliases: {}, fallback: null } } as Pick<Config, 'routes'>;
  const told: [string, boolean][] = [];
  const probe = createProbe(
    { probe: async ({ id }, ask) => void told.push([id, await ask()]) },
    config,
    isWell,
  );
  await probe();
  expect(told.toSorted()).toEqual([
    ['anthropic/b', false],
    ['openai/a', true],
  ]);
  expect(asked).toHaveLength(2);
});
