// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax under test
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Config, formatFaults, loadConfig } from './load.ts';

const env = { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2' };

function load(text: string) {
  return loadConfig({ env, listen: 'host', file: { text, name: 'gateway.yaml' } });
}

function configOf(text: string): Config {
  const result = load(text);
  if (!result.ok) throw new Error(formatFaults(result.faults));
  return result.config;
}

function faultsOf(text: string): Record<string, string> {
  const result = load(text);
  return result.ok ? {} : Object.fromEntries(result.faults.map(({ path, message }) => [path, message]));
}

describe('routes', () => {
  it('are none without a file', () => {
    expect(configOf('').routes).toEqual({ routes: [], aliases: {}, fallback: null });
  });

  it('have their defaults', () => {
    const [route] = configOf('routes: {smart: [openai/gpt-5, anthropic/claude-sonnet-5]}').routes.routes;
    expect(route).toMatchObject({
      name: 'smart',
      strategy: 'priority',
      requires: [],
      midStream: 'error',
      hedge: false,
      fallOn: [],
      maxAttempts: 3,
      dropUnsupported: null,
      cache: null,
    });
    expect(route?.targets).toMatchObject([
      {
        id: 'openai/gpt-5',
        provider: { id: 'openai' },
        model: 'gpt-5',
        weight: 1,
        tier: 0,
        tags: {},
        overrides: {},
        capabilities: null,
        contextTokens: null,
        maxConcurrency: null,
      },
      { id: 'anthropic/claude-sonnet-5' },
    ]);
  });

  it('may be a single target', () => {
    expect(configOf('routes: {smart: openai/gpt-5}').routes.routes[0]?.targets).toHaveLength(1);
  });

  it('take every setting', () => {
    const text = `
      semantic: {cache_semantic_model: openai/text-embedding-3-small}
      routes:
        smart:
          strategy: weighted
          targets:
            - target: openai/gpt-5
              weight: '\${WEIGHT:-2.5}'
              tier: 1
              tags: {region: eu}
              overrides: {temperature: 0, reasoning: {effort: low}}
              capabilities: [tools, vision]
              context_tokens: 1000
              max_concurrency: 8
            - anthropic/claude-sonnet-5
          requires: [tools]
          mid_stream: continue
          hedge: true
          fall_on: [context_too_long, content_filter]
          max_attempts: 5
          drop_unsupported: true
          cache: {mode: off, ttl_seconds: 60, stale_while_revalidate_seconds: 1, stale_if_error_seconds: 2, keep: [truncated], semantic: shadow}
    `;
    expect(configOf(text).routes.routes).toMatchObject([
      {
        strategy: 'weighted',
        targets: [
          {
            weight: 2.5,
            tier: 1,
            tags: { region: 'eu' },
            overrides: { temperature: 0, reasoning: { effort: 'low' } },
            capabilities: ['tools', 'vision'],
            contextTokens: 1000,
            maxConcurrency: 8,
          },
          { id: 'anthropic/claude-sonnet-5' },
        ],
        requires: ['tools'],
        midStream: 'continue',
        hedge: true,
        fallOn: ['context_too_long', 'content_filter'],
        maxAttempts: 5,
        dropUnsupported: true,
        cache: {
          mode: 'off',
          ttlSeconds: 60,
          staleWhileRevalidateSeconds: 1,
          staleIfErrorSeconds: 2,
          keep: ['truncated'],
          semantic: 'shadow',
        },
      },
    ]);
  });

  it('may pass on the rest of a name', () => {
    const { routes } = configOf('routes: {"gpt-*": ["openai/gpt-*"]}').routes;
    expect(routes).toMatchObject([{ name: 'gpt-*', targets: [{ model: 'gpt-*' }] }]);
  });

  it.each<[what: string, text: string, path: string, message: RegExp]>([
    ['no target', 'routes: {a: []}', 'routes.a.targets', /at least one/],
    ['no targets', 'routes: {a: {strategy: cost}}', 'routes.a.targets', /must be a list/],
    ['a bare model', 'routes: {a: gpt-5}', 'routes.a.targets[0].target', /provider\/model/],
    ['an unknown provider', 'routes: {a: openia/gpt-5}', 'routes.a.targets[0].target', /did you mean openai/],
    ['a weight of 0', 'routes: {a: [{target: openai/x, weight: 0}]}', 'routes.a.targets[0].weight', /0\.001/],
    ['a slip', 'routes: {a: [{target: openai/x, wieght: 1}]}', 'routes.a.targets[0].wieght', /mean weight/],
    [
      'a slip in it',
      'routes: {a: {targets: [openai/x], startegy: cost}}',
      'routes.a.startegy',
      /mean strategy/,
    ],
    [
      'a slip deep in it',
      'routes: {a: {targets: [openai/x], cache: {ttl: 1}}}',
      'routes.a.cache.ttl',
      /ttl_seconds/,
    ],
    [
      'an unknown strategy',
      'routes: {a: {targets: [openai/x], strategy: best}}',
      'routes.a.strategy',
      /sticky/,
    ],
    [
      'a capability',
      'routes: {a: {targets: [openai/x], requires: [sight]}}',
      'routes.a.requires[0]',
      /vision/,
    ],
    ['no attempts', 'routes: {a: {targets: [openai/x], max_attempts: 0}}', 'routes.a.max_attempts', /from 1/],
    ['a * in a name', 'routes: {"a*b": openai/x}', 'routes["a*b"]', /only be the last/],
    ['a * without one', 'routes: {a: "openai/*"}', 'routes.a.targets[0].target', /does not end in \*/],
    ['a twin', 'routes: {a: [openai/x, openai/x]}', 'routes.a.targets', /twice/],
    [
      'another model',
      'routes: {a: [{target: openai/x, overrides: {model: y}}]}',
      'routes.a.targets[0].overrides.model',
      /cannot be set/,
    ],
    [
      'infinity',
      'routes: {a: [{target: openai/x, overrides: {top_p: .inf}}]}',
      'routes.a.targets[0].overrides.top_p',
      /JSON/,
    ],
    [
      'no model to compare with',
      'routes: {a: {targets: [openai/x], cache: {semantic: on}}}',
      'routes.a.cache.semantic',
      /CACHE_SEMANTIC_MODEL/,
    ],
    ['a cycle', 'aliases: {a: b, b: c, c: a}', 'aliases.a', /back to itself/],
    [
      'an alias that is a route',
      'routes: {a: openai/x}\naliases: {a: openai/y}',
      'aliases.a',
      /route as well/,
    ],
    [
      'a default that is none',
      'routes: {smart: openai/x}\ndefault_route: samrt',
      'default_route',
      /mean smart/,
    ],
  ])('refuse %s', (_, text, path, message) => {
    expect(faultsOf(text)).toMatchObject({ [path]: expect.stringMatching(message) });
  });

  it('are not blamed for a provider that is at fault itself', () => {
    const text = 'providers: {local: {models: [x]}}\nroutes: {a: local/x}';
    expect(Object.keys(faultsOf(text))).toEqual(['providers.local.base_url']);
  });
});

describe('other names', () => {
  it('are followed to their end', () => {
    const text =
      'routes: {smart: openai/gpt-5}\naliases: {best: top, top: smart, mini: gpt-5-mini}\ndefault_route: best';
    expect(configOf(text).routes).toMatchObject({
      aliases: { best: 'smart', top: 'smart', mini: 'gpt-5-mini' },
      fallback: 'smart',
    });
  });
});

describe('keys of a provider', () => {
  it('are used together, the variable first', () => {
    const text =
      'providers: {openai: {api_keys: [sk-3, sk-1]}, local: {base_url: http://gpu/v1, api_key: a, api_keys: [b]}}';
    expect(configOf(text).providers).toMatchObject([
      { id: 'openai', apiKey: 'sk-1', apiKeys: ['sk-1', 'sk-3'] },
      { id: 'anthropic', apiKeys: ['sk-2'] },
      { id: 'local', apiKey: 'a', apiKeys: ['a', 'b'] },
    ]);
  });

  it('switch it on by themselves', () => {
    expect(configOf('providers: {groq: {api_keys: [k-1, k-2]}}').providers).toMatchObject([
      {},
      {},
      { id: 'groq', apiKey: 'k-1', apiKeys: ['k-1', 'k-2'] },
    ]);
  });
});

describe('the document about routes', () => {
  it('has an example that works', () => {
    const document = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const keys = { OPENAI_KEY_1: 'k-1', OPENAI_KEY_2: 'k-2', ANTHROPIC_API_KEY: 'k-3', AZURE_KEY: 'k-4' };
    const result = loadConfig({ env: keys, listen: 'host', file: { text, name: 'example' } });
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });
});
