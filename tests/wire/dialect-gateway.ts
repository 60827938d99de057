import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningGateway, type Runtime, startGateway } from '../support/gateway.ts';

export const KEY = 'sk-gateway-test-key-0001';

/** The dialects of conversations that a provider may speak. */
export type Upstream = 'chat' | 'responses' | 'messages' | 'gemini';

/** The provider that speaks one dialect and no other. */
export const PROVIDER: Readonly<Record<Upstream, string>> = {
  chat: 'chatter',
  responses: 'responder',
  messages: 'claude',
  gemini: 'gem',
};
export const UPSTREAM_KEY = 'sk-upstream-secret';

/** Four providers at one address, each with one dialect. */
function configuration(upstreamUrl: string): string {
  return JSON.stringify({
    providers: {
      [PROVIDER.chat]: { kind: 'openai', ...at(`${upstreamUrl}/v1`), endpoints: ['chat'] },
      [PROVIDER.responses]: { kind: 'openai', ...at(`${upstreamUrl}/v1`), endpoints: ['responses'] },
      [PROVIDER.messages]: { kind: 'anthropic', ...at(upstreamUrl) },
      [PROVIDER.gemini]: { kind: 'google', ...at(`${upstreamUrl}/v1beta`) },
    },
  });
}

function at(base_url: string) {
  return { base_url, api_key: UPSTREAM_KEY };
}

/** A gateway in front of four providers at `upstreamUrl`, of which each speaks one dialect. */
export async function startDialectGateway(
  runtime: Runtime,
  upstreamUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const text = configuration(upstreamUrl);
  const common = { GATEWAY_API_KEYS: `test:${KEY}`, LOG_LEVEL: 'error', ...env };
  if (runtime === 'workerd') return startGateway({ runtime, env: { ...common, LLM_EDGE_CONFIG: text } });
  const folder = mkdtempSync(join(tmpdir(), 'llm-edge-wire-'));
  const path = join(folder, 'gateway.json');
  writeFileSync(path, text);
  try {
    return await startGateway({ runtime, env: { ...common, LLM_EDGE_CONFIG: path } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
