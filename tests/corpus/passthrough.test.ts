import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, describeWithCorpus, type Exchange } from '../support/corpus.ts';
import { RUNTIMES, type RunningGateway, type Runtime, startGateway } from '../support/gateway.ts';
import { type ReplayUpstream, startReplayUpstream } from '../support/replay-upstream.ts';
import { cutRunsOf, type Passage, passAll, runsOf } from './pass.ts';
import {
  eventsOf,
  exchangesOf,
  expectedAnswer,
  type Family,
  isUsageOnly,
  ROUTES,
  withoutUsageWish,
} from './same-dialect.ts';

const KEY = 'sk-gateway-test-key-0001';
const MINUTES_2 = 120_000;

/** With one provider configured, every model name goes to it. */
function environmentOf(family: Family, upstreamUrl: string): Record<string, string> {
  const common = { GATEWAY_API_KEYS: `test:${KEY}`, CACHE_MODE: 'off', LOG_LEVEL: 'error' };
  return family === 'openai'
    ? { ...common, OPENAI_API_KEY: 'sk-upstream', OPENAI_BASE_URL: `${upstreamUrl}/v1` }
    : { ...common, ANTHROPIC_API_KEY: 'sk-upstream', ANTHROPIC_BASE_URL: upstreamUrl };
}

describeWithCorpus('recorded calls pass through as they are', () => {
  describe.each(RUNTIMES)('on %s', (runtime) => {
    describe.each<Family>(['openai', 'anthropic'])('to %s', (family) => {
      const passage = startPassage(runtime, family);
      for (const api of apisOf(family)) {
        const sent = exchangesOf(api);
        const runs = runsOf(sent, runtime);
        it(`${api}: ${sent.length} exchanges in ${runs.length} runs`, { timeout: MINUTES_2 }, async () => {
          expect(await passAll(passage(), runs)).toEqual([]);
        });
      }
      neverLooksFinished(passage, family);
      if (family === 'openai') hidesUsage(passage, runtime);
    });
  });
});

function neverLooksFinished(passage: () => Passage, family: Family): void {
  const runs = cutRunsOf(apisOf(family).flatMap((api) => exchangesOf(api)));
  const broken = runs.filter(({ exchange }) => expectedAnswer(exchange).kind === 'broken');
  const name = `ends streams that were cut with an error event: ${broken.length} of ${runs.length} runs`;
  it(name, { timeout: MINUTES_2 }, async () => {
    expect(await passAll(passage(), runs)).toEqual([]);
  });
}

/** Few recorded clients stream without asking for usage; those that asked make more of them. */
function hidesUsage(passage: () => Passage, runtime: Runtime): void {
  const asked = apisOf('openai').flatMap((api) => exchangesOf(api).filter(tellsUsageAlone));
  const runs = runsOf(asked.map(withoutUsageWish), runtime);
  const name = `hides the usage that was not asked for: ${asked.length} exchanges in ${runs.length} runs`;
  it(name, { timeout: MINUTES_2 }, async () => {
    expect(await passAll(passage(), runs)).toEqual([]);
  });
}

function tellsUsageAlone({ request, response: { sse = '' } }: Exchange): boolean {
  return request.body.stream_options !== undefined && eventsOf(sse).some(isUsageOnly);
}

function apisOf(family: Family): Api[] {
  return (Object.keys(ROUTES) as Api[]).filter((api) => ROUTES[api]?.family === family);
}

/** One upstream and one gateway for all tests of a `describe`. */
function startPassage(runtime: Runtime, family: Family): () => Passage {
  let upstream: ReplayUpstream | undefined;
  let gateway: RunningGateway | undefined;
  beforeAll(async () => {
    upstream = await startReplayUpstream();
    gateway = await startGateway({ runtime, env: environmentOf(family, upstream.url) });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  return () => {
    if (upstream === undefined || gateway === undefined) throw new Error('not started');
    return { gatewayUrl: gateway.url, key: KEY, upstream };
  };
}
