import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type FaultUpstream, json, startFaultUpstream } from '../../support/fault-upstream.ts';
import { RUNTIMES, type RunningGateway, type Runtime, startGateway } from '../../support/gateway.ts';
import { type GeminiUpstream, startGeminiUpstream } from '../../support/gemini-upstream.ts';

export const KEY = 'sk-gateway-test-key-0001';
const UPSTREAM_KEY = 'sk-upstream-key-0001';

/** Everything of a test that stands outside of the gateway under test. */
interface Outside {
  /** A second gateway, whose sandbox answers in any dialect of OpenAI's and Anthropic's. */
  readonly sandbox: RunningGateway;
  readonly gemini: GeminiUpstream;
  /** Stands for a provider of any kind, as it is told. */
  readonly scripted: FaultUpstream;
}

export interface AcrossBox extends Outside {
  readonly runtime: Runtime;
  readonly gateway: RunningGateway;
}

/** Kinds of providers: each speaks one dialect only. */
export type KindName = 'Chat' | 'Responses' | 'Messages' | 'Gemini' | 'Gemini 2.5';

export interface Kind {
  readonly name: KindName;
  /** A model that calls the tools that it is told to call. */
  readonly model: string;
  /** A model that answers with 429. */
  readonly limited: string;
  /** A model of a provider that refuses the gateway's key. */
  readonly denied: string;
  /** A model of the scripted upstream. */
  readonly scripted: string;
}

/** @param thinker a model that is known to think, for the scripted upstream */
function openKind(name: KindName, id: string, thinker: string): Kind {
  return {
    name,
    model: `${id}/sandbox/echo`,
    limited: `${id}/sandbox/fail-429`,
    denied: `${id}-denied/sandbox/echo`,
    scripted: `${id}-scripted/${thinker}`,
  };
}

function geminiKind(name: KindName, model: string): Kind {
  return {
    name,
    model: `g/${model}`,
    limited: 'g/fail-429',
    denied: `g-denied/${model}`,
    scripted: `g-scripted/${model}`,
  };
}

export const CHAT = openKind('Chat', 'c', 'deepseek-reasoner');
export const RESPONSES = openKind('Responses', 'r', 'gpt-5.1');
export const MESSAGES = openKind('Messages', 'm', 'claude-sonnet-4-5');
export const GEMINI = geminiKind('Gemini', 'gemini-3-pro-preview');
/** Has no ids of calls, and does not demand signatures. */
export const GEMINI_2 = geminiKind('Gemini 2.5', 'gemini-2.5-flash');
export const KINDS: readonly Kind[] = [CHAT, RESPONSES, MESSAGES, GEMINI, GEMINI_2];

/** The kinds that do not speak `own`: what goes to them is translated. */
export function foreignTo(own: Kind): readonly Kind[] {
  return KINDS.filter((kind) => kind !== own);
}

function configuration({ sandbox, gemini, scripted }: Outside): string {
  const open = [
    ['c', 'chat'],
    ['r', 'responses'],
    ['m', 'messages'],
  ].flatMap(([id, endpoint]) =>
    providersAt(`${id}`, { endpoints: [endpoint] }, `${sandbox.url}/v1`, `${scripted.url}/v1`),
  );
  const google = providersAt('g', { kind: 'google' }, gemini.url, `${scripted.url}/v1beta`);
  return JSON.stringify({ providers: Object.fromEntries([...open, ...google]) });
}

function providersAt(id: string, what: object, base_url: string, scriptedUrl: string): [string, object][] {
  return [
    [id, { ...what, base_url, api_key: UPSTREAM_KEY }],
    [`${id}-denied`, { ...what, base_url, api_key: 'sk-nobodys-key-0000' }],
    [`${id}-scripted`, { ...what, base_url: scriptedUrl, api_key: UPSTREAM_KEY }],
  ];
}

/** An SDK against the gateway as it is deployed, with providers that speak other dialects than the SDK's. */
export function describeAcross(name: string, body: (box: AcrossBox) => void): void {
  describe(name, () => {
    const box: { outside?: Outside; gateway?: RunningGateway } = {};
    beforeAll(async () => {
      box.outside = await startOutside();
    });
    afterAll(async () => {
      await Promise.all(Object.values(box.outside ?? {}).map((server) => server.close()));
    });
    describe.each(RUNTIMES)('%s', (runtime) => {
      beforeAll(async () => {
        box.gateway = await startConfigured(runtime, configuration(started(box.outside)));
      });
      afterAll(() => box.gateway?.close());
      body({
        runtime,
        get gateway() {
          return started(box.gateway);
        },
        get sandbox() {
          return started(box.outside).sandbox;
        },
        get gemini() {
          return started(box.outside).gemini;
        },
        get scripted() {
          return started(box.outside).scripted;
        },
      });
    });
  });
}

/** Every call of these tests has to reach its provider. */
const COMMON = { CACHE_MODE: 'off', LOG_LEVEL: 'error' };

async function startOutside(): Promise<Outside> {
  const env = { ...COMMON, ENABLE_SANDBOX: 'true', GATEWAY_API_KEYS: `b:${UPSTREAM_KEY}` };
  const [sandbox, gemini, scripted] = await Promise.all([
    startGateway({ runtime: 'node', env }),
    startGeminiUpstream(UPSTREAM_KEY),
    startFaultUpstream(json(500, {})),
  ]);
  return { sandbox, gemini, scripted };
}

/** On Node the configuration is a file, on Workers its text. */
async function startConfigured(runtime: Runtime, text: string): Promise<RunningGateway> {
  const env = { ...COMMON, GATEWAY_API_KEYS: `test:${KEY}` };
  if (runtime === 'workerd') return startGateway({ runtime, env: { ...env, LLM_EDGE_CONFIG: text } });
  const folder = mkdtempSync(join(tmpdir(), 'llm-edge-across-'));
  const path = join(folder, 'gateway.json');
  writeFileSync(path, text);
  try {
    return await startGateway({ runtime, env: { ...env, LLM_EDGE_CONFIG: path } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not started: use it inside a test');
  return value;
}
