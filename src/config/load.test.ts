// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax under test
import { describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../domain/limits.ts';
import { type Config, formatFaults, type LoadInput, loadConfig } from './load.ts';

const KEY = 'sk-S3CR3T-0123456789';
const GATEWAY_KEY = 'team:lek-S3CR3T-0123456789';

type Env = LoadInput['env'];

function load(env: Env, text?: string, listen: LoadInput['listen'] = 'host') {
  return loadConfig({ env, listen, file: text === undefined ? undefined : { text, name: 'gateway.yaml' } });
}

function configOf(env: Env, text?: string, listen?: LoadInput['listen']): Config {
  const result = load(env, text, listen);
  if (!result.ok) throw new Error(formatFaults(result.faults));
  return result.config;
}

function faultsOf(env: Env, text?: string, listen?: LoadInput['listen']): Record<string, string> {
  const result = load(env, text, listen);
  return result.ok ? {} : Object.fromEntries(result.faults.map(({ path, message }) => [path, message]));
}

function warningsOf(env: Env, text?: string): string {
  const result = load(env, text);
  return result.ok ? result.warnings.join('\n') : formatFaults(result.faults);
}

const idsOf = (config: Config): string[] => config.providers.map(({ id }) => id);

describe('with nothing set', () => {
  it('is a sandbox for everybody on this machine', () => {
    const config = configOf({});
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 8080,
      metricsPort: 9090,
      workers: null,
      logLevel: 'info',
      maxRequestSize: 10 * 1024 ** 2,
      maxResponseSize: 64 * 1024 ** 2,
      corsOrigins: [],
      drainTimeoutMs: 30_000,
      probeSeconds: null,
      enableMetrics: true,
    });
    expect(config.timeouts).toEqual({
      connectMs: 10_000,
      firstByteMs: 120_000,
      idleMs: 120_000,
      totalMs: 600_000,
    });
    expect(config.auth).toEqual({ mode: 'open', keys: [], keysGraceMs: 300_000 });
    expect(config.limits).toEqual({
      key: NO_LIMITS,
      everyone: NO_LIMITS,
      tenants: {},
      models: {},
      onStoreFailure: 'open',
      overrun: 'extend',
      webhook: null,
    });
    expect(config.translation).toEqual({ dropUnsupported: false });
    expect(config.media).toEqual({ fetchUrls: false, maxBytes: 20 * 1024 ** 2, timeoutMs: 10_000 });
    expect(config.providers).toMatchObject([
      {
        id: 'sandbox',
        baseUrl: 'https://sandbox.invalid/v1',
        auth: 'none',
        apiKey: null,
        transport: 'sandbox',
      },
    ]);
    expect(config.providers[0]).not.toHaveProperty('env');
  });

  it.each<[string, LoadInput['listen'], Env]>([
    ['on every address', 'host', { HOST: '0.0.0.0' }],
    ['at the edge', null, {}],
  ])('is fine %s too', (_, listen, env) => {
    expect(idsOf(configOf(env, undefined, listen))).toEqual(['sandbox']);
  });
});

describe('environment and file', () => {
  it('reads a setting from either, the environment first', () => {
    const text =
      'server: {port: 1000, max_request_size: 2MiB, log_level: debug}\ntimeouts: {idle_timeout_ms: 5}';
    const { server, timeouts } = configOf({ PORT: '2000', LOG_LEVEL: '', IDLE_TIMEOUT_MS: ' ' }, text);
    expect(server).toMatchObject({ port: 2000, maxRequestSize: 2 * 1024 ** 2, logLevel: 'debug' });
    expect(timeouts.idleMs).toBe(5);
  });

  it('reads what may be left out and what may be fetched', () => {
    const text =
      'translation: {drop_unsupported: true}\nmedia: {fetch_media_urls: true, fetch_media_max_bytes: 1MiB}';
    const config = configOf({ FETCH_MEDIA_TIMEOUT_MS: '5', FETCH_MEDIA_MAX_BYTES: '2MiB' }, text);
    expect(config.translation).toEqual({ dropUnsupported: true });
    expect(config.media).toEqual({ fetchUrls: true, maxBytes: 2 * 1024 ** 2, timeoutMs: 5 });
  });

  it('reads every part of a file', () => {
    const text = `
      providers:
        openai: {api_key: '\${OPENAI_KEY}', models: [my-tune], headers: {X-Team: search}}
        groq:
        local: {base_url: http://gpu-1:8000/v1/, models: [qwen3-32b], endpoints: [chat, responses]}
        claude-eu: {kind: anthropic, base_url: https://eu.example/v1, api_key: k-1}
      keys:
        - {name: team, key: lek-0123456789abcdef, models: [local/*], rpm: '\${RPM:-60}', expires_at: 2027-06-30}
      prices:
        local/qwen3-32b: {input: 0.1, output: 0.4, cache_write: 0.2, audio_output: 9, request: 0.001, service_tiers: {priority: 1.75}, tiers: [{above: 1000, input: 0.3}]}
    `;
    const config = configOf({ OPENAI_KEY: KEY, GROQ_API_KEY: 'gsk-1' }, text);
    expect(idsOf(config)).toEqual(['openai', 'groq', 'local', 'claude-eu']);
    const [openai, groq, local, claude] = config.providers;
    expect(openai).toMatchObject({
      apiKey: KEY,
      defaultHeaders: { 'x-team': 'search' },
      transport: 'network',
    });
    expect(openai?.models[0]).toBe('my-tune');
    expect(openai?.models).toContain('gpt-');
    expect(groq?.apiKey).toBe('gsk-1');
    expect(local).toMatchObject({
      baseUrl: 'http://gpu-1:8000/v1',
      auth: 'bearer',
      apiKey: null,
      models: ['qwen3-32b'],
      paths: { chat: '/chat/completions', responses: '/responses', response_item: '/responses' },
    });
    expect(claude).toMatchObject({
      baseUrl: 'https://eu.example',
      auth: 'x-api-key',
      otelName: 'anthropic',
      defaultHeaders: { 'anthropic-version': '2023-06-01' },
    });
    expect(config.auth.keys).toMatchObject([
      { name: 'team', limits: { rpm: 60 }, expiresAt: Date.UTC(2027, 5, 30) },
    ]);
    expect(config.prices).toEqual({
      'local/qwen3-32b': {
        input: 0.1,
        output: 0.4,
        cacheRead: null,
        cacheWrite: 0.2,
        cacheWrite1h: null,
        reasoning: null,
        audioInput: null,
        imageInput: null,
        audioOutput: 9,
        imageOutput: null,
        request: 0.001,
        webSearch: null,
        image: null,
        serviceTiers: { priority: 1.75 },
        tiers: [
          {
            above: 1000,
            input: 0.3,
            output: null,
            cacheRead: null,
            cacheWrite: null,
            cacheWrite1h: null,
            reasoning: null,
            audioInput: null,
            imageInput: null,
            audioOutput: null,
            imageOutput: null,
          },
        ],
      },
    });
  });

  it('takes JSON as well', () => {
    expect(configOf({}, '{"server": {"port": 7000}}').server.port).toBe(7000);
  });

  it('trims what a secret store appended', () => {
    expect(configOf({ OPENAI_API_KEY: `${KEY}\n` }).providers[0]?.apiKey).toBe(KEY);
  });

  it('passes over bindings of a Worker, which are no text', () => {
    const env: Record<string, unknown> = { KV: { get: () => null }, PORT: { get: () => null } };
    expect(configOf(env as Env, undefined, null).server.port).toBe(8080);
  });
});

describe('providers', () => {
  it.each<[string, Env, string[]]>([
    ['by their key', { ANTHROPIC_API_KEY: KEY, MISTRAL_API_KEY: KEY }, ['anthropic', 'mistral']],
    ['by their base URL', { OLLAMA_BASE_URL: 'http://ollama:11434/v1' }, ['ollama']],
    ['beside the sandbox', { OPENAI_API_KEY: KEY, ENABLE_SANDBOX: 'yes' }, ['openai', 'sandbox']],
    ['not at all', { ENABLE_SANDBOX: 'false' }, []],
    ['not by an empty key', { OPENAI_API_KEY: '' }, ['sandbox']],
  ])('are switched on %s', (_, env, ids) => {
    expect(idsOf(configOf(env))).toEqual(ids);
  });

  it.each([
    ['ANTHROPIC_BASE_URL', 'https://proxy.example/v1/', 'https://proxy.example'],
    ['ANTHROPIC_BASE_URL', 'https://proxy.example/anthropic', 'https://proxy.example/anthropic'],
    ['DEEPSEEK_BASE_URL', 'https://api.deepseek.com/v1', 'https://api.deepseek.com'],
    ['OPENAI_BASE_URL', 'https://proxy.example/v1', 'https://proxy.example/v1'],
  ])('%s=%s is %s', (name, value, baseUrl) => {
    expect(configOf({ [name]: value }).providers[0]?.baseUrl).toBe(baseUrl);
  });

  it('sends a key to a server that needs none by default, if one is set', () => {
    expect(configOf({ VLLM_BASE_URL: 'http://vllm:8000/v1', VLLM_API_KEY: KEY }).providers[0]).toMatchObject({
      auth: 'bearer',
      apiKey: KEY,
    });
  });

  it('knows all that the catalogue knows of a kind, under any name', () => {
    const text = 'providers: {mine: {kind: anthropic, api_key: k}, fast: {kind: fireworks, api_key: k}}';
    const loaded = loadConfig({ env: {}, file: { name: 'f.yaml', text }, listen: 'host' });
    expect(loaded.ok && loaded.config.providers).toMatchObject([
      { id: 'mine', threads: true },
      { id: 'fast', embeddingEncodings: ['float'] },
    ]);
  });

  it('knows how the chat of a kind differs, under any name; a server of no known kind differs in nothing', () => {
    const text =
      'providers: {paris: {kind: mistral, api_key: k}, mine: {kind: openai-compatible, base_url: "http://mine:1/v1", api_key: k}}';
    const providers = configOf({ OPENAI_API_KEY: KEY }, text).providers;
    expect(Object.fromEntries(providers.map(({ id, chat }) => [id, chat]))).toMatchObject({
      openai: { maxTokensField: 'max_completion_tokens', developerRole: true },
      paris: { callIds: { length: 9, exact: true } },
      mine: undefined,
    });
  });

  it('adds endpoints where the kind has its others', () => {
    const text = 'providers: {anthropic: {api_key: k, endpoints: [messages, chat]}}';
    expect(configOf({}, text).providers[0]?.paths).toEqual({
      messages: '/v1/messages',
      chat: '/v1/chat/completions',
    });
  });

  it.each<[string, Env, string | undefined, string, RegExp]>([
    [
      'a URL without scheme',
      { OPENAI_BASE_URL: 'api.example.com' },
      undefined,
      'OPENAI_BASE_URL',
      /must be a URL/,
    ],
    [
      'a URL with a password',
      { OPENAI_BASE_URL: 'https://u:S3CR3T@a.example' },
      undefined,
      'OPENAI_BASE_URL',
      /user name or password/,
    ],
    [
      'a URL with a query',
      { OPENAI_BASE_URL: 'https://a.example/?k=S3CR3T' },
      undefined,
      'OPENAI_BASE_URL',
      /query/,
    ],
    ['another scheme', {}, 'providers: {x: {base_url: "file:///etc"}}', 'providers.x.base_url', /https?:/],
    ['a key of two lines', { GROQ_API_KEY: 'S3CR3T\nS3CR3T' }, undefined, 'GROQ_API_KEY', /visible ASCII/],
    [
      'Azure without its resource',
      { AZURE_OPENAI_API_KEY: KEY },
      undefined,
      'AZURE_OPENAI_BASE_URL',
      /RESOURCE\.openai\.azure\.com/,
    ],
    [
      'a listed one without a key',
      {},
      'providers: {groq: }',
      'providers.groq',
      /GROQ_API_KEY or providers\.groq\.api_key/,
    ],
    [
      'a typo',
      {},
      'providers: {opnai: {api_key: S3CR3T}}',
      'providers.opnai.base_url',
      /did you mean the provider openai/,
    ],
    [
      'an unknown kind',
      {},
      'providers: {x: {kind: gpt, base_url: "http://x"}}',
      'providers.x.kind',
      /one of openai, anthropic/,
    ],
    [
      'a name of another kind',
      {},
      'providers: {openai: {kind: groq, api_key: k}}',
      'providers.openai.kind',
      /choose another name/,
    ],
    ['a name in capitals', {}, 'providers: {OpenAI: {api_key: k}}', 'providers.OpenAI', /lower-case/],
    ['a name with a slash', {}, 'providers: {a/b: {base_url: "http://x"}}', 'providers["a/b"]', /lower-case/],
    ['the sandbox as a provider', {}, 'providers: {sandbox: {}}', 'providers.sandbox', /ENABLE_SANDBOX/],
    [
      'a key as a number',
      {},
      'providers: {openai: {api_key: 123456}}',
      'providers.openai.api_key',
      /in quotes/,
    ],
    [
      'a key as a header',
      {},
      'providers: {openai: {api_key: k, headers: {Authorization: S3CR3T}}}',
      'providers.openai.headers.Authorization',
      /belongs into api_key/,
    ],
    [
      'a header that splits',
      {},
      'providers: {openai: {api_key: k, headers: {x: "a\\r\\nb"}}}',
      'providers.openai.headers.x',
      /visible ASCII/,
    ],
    [
      'an unknown endpoint',
      {},
      'providers: {openai: {api_key: k, endpoints: [chats]}}',
      'providers.openai.endpoints[0]',
      /one of chat/,
    ],
    [
      'a price without a model',
      {},
      'prices: {gpt-4o: {input: 1, output: 1}}',
      'prices.gpt-4o',
      /provider\/model/,
    ],
    [
      'half a price',
      {},
      'prices: {openai/gpt-4o: {input: 1}}',
      'prices["openai/gpt-4o"].output',
      /is missing/,
    ],
  ])('refuse %s', (_, env, text, path, message) => {
    const faults = faultsOf(env, text);
    expect(Object.keys(faults)).toEqual([path]);
    expect(faults[path]).toMatch(message);
    expect(JSON.stringify(faults)).not.toContain('S3CR3T');
  });

  it.each<[string, Env, RegExp | '']>([
    [
      'http to the open internet',
      { OPENAI_BASE_URL: 'http://api.example.com/v1' },
      /OPENAI_BASE_URL is http/,
    ],
    ['http inside', { OPENAI_BASE_URL: 'http://gpu-1:8000/v1' }, ''],
    ['a base URL without a path', { OPENAI_BASE_URL: 'https://api.example.com' }, /has no path/],
    ['Anthropic without a path', { ANTHROPIC_BASE_URL: 'https://api.example.com' }, ''],
    ['no provider at all', { ENABLE_SANDBOX: 'off' }, /No provider is configured/],
    ['traces that go nowhere', { ENABLE_TRACING: 'true' }, /ENABLE_TRACING has no effect/],
    [
      'a slip of the finger',
      { GATEWAY_API_KEY: 'S3CR3T' },
      /GATEWAY_API_KEY is not read; did you mean GATEWAY_API_KEYS/,
    ],
    ['variables of others', { ZAI_API_KEY: 'x', HOSTNAME: 'x', PATH: '/bin' }, ''],
  ])('warn of %s', (_, env, warning) => {
    const warnings = warningsOf(env);
    expect(warnings).not.toContain('S3CR3T');
    if (warning === '') expect(warnings).toBe('');
    else expect(warnings).toMatch(warning);
  });
});

describe('who may call', () => {
  it.each<[string, Env, string]>([
    ['gateway keys', { GATEWAY_API_KEYS: GATEWAY_KEY }, 'keys'],
    ['none', {}, 'open'],
    ['an admin key, with which keys can be made', { ADMIN_API_KEY: 'admin-S3CR3T-012345' }, 'keys'],
    ['an admin key, by order', { ADMIN_API_KEY: 'admin-S3CR3T-012345', AUTH_MODE: 'open' }, 'open'],
    ['keys that are not asked for', { GATEWAY_API_KEYS: GATEWAY_KEY, AUTH_MODE: 'OPEN' }, 'open'],
  ])('with %s', (_, env, mode) => {
    expect(configOf(env).auth.mode).toBe(mode);
  });

  it('lets a gateway start for everybody whose keys are still to be made: it is closed', () => {
    const env = { ADMIN_API_KEY: 'admin-S3CR3T-012345', HOST: '0.0.0.0', OPENAI_API_KEY: KEY };
    expect(configOf(env).auth).toMatchObject({ mode: 'keys', keys: [] });
    expect(warningsOf(env)).toContain('POST /admin/keys');
  });

  it('knows keys of the file', () => {
    expect(configOf({}, 'keys: [{name: a, key: lek-0123456789abcdef}]').auth.mode).toBe('keys');
  });

  it('refuses to ask for keys that do not exist', () => {
    expect(faultsOf({ AUTH_MODE: 'keys' })).toEqual({
      AUTH_MODE: expect.stringContaining('GATEWAY_API_KEYS=name:key'),
    });
  });

  const REFUSED: [string, Env, LoadInput['listen'], string?][] = [
    ['all addresses', { HOST: '0.0.0.0' }, 'host'],
    ['all addresses of IPv6', { HOST: '::' }, 'host'],
    ['an address of the network', { HOST: '10.0.0.5' }, 'host'],
    ['a host of the file', {}, 'host', 'server: {host: 0.0.0.0}'],
    ['an address that the adapter calls public', {}, { loopback: false }],
    ['the edge', {}, null],
    ['open by order', { AUTH_MODE: 'open', HOST: '0.0.0.0', GATEWAY_API_KEYS: GATEWAY_KEY }, 'host'],
  ];
  it.each(REFUSED)('refuses an open relay on %s', (_, env, listen, text) => {
    const faults = faultsOf({ OPENAI_API_KEY: KEY, ...env }, text, listen);
    expect(Object.keys(faults)).toEqual(['AUTH_MODE']);
    for (const way of [
      'openai',
      'GATEWAY_API_KEYS=name:key',
      'AUTH_MODE=passthrough',
      'ALLOW_ANONYMOUS=true',
    ]) {
      expect(faults.AUTH_MODE).toContain(way);
    }
    expect(faults.AUTH_MODE?.includes('HOST=127.0.0.1')).toBe(listen !== null);
  });

  it.each<[string, Env, LoadInput['listen']]>([
    ['on this machine', {}, 'host'],
    ['on localhost', { HOST: 'localhost' }, 'host'],
    ['where the adapter says so', { HOST: '0.0.0.0' }, { loopback: true }],
    ['with gateway keys', { HOST: '0.0.0.0', GATEWAY_API_KEYS: GATEWAY_KEY }, 'host'],
    ['in passthrough', { HOST: '0.0.0.0', AUTH_MODE: 'passthrough' }, 'host'],
    ['by order', { ALLOW_ANONYMOUS: 'true' }, null],
  ])('lets a real provider be used %s', (_, env, listen) => {
    expect(idsOf(configOf({ OPENAI_API_KEY: KEY, ...env }, undefined, listen))).toContain('openai');
  });

  it('refuses an open server of one’s own as well, which costs too', () => {
    expect(faultsOf({ HOST: '0.0.0.0', OLLAMA_BASE_URL: 'http://ollama:11434/v1' })).toHaveProperty(
      'AUTH_MODE',
    );
  });

  describe('in passthrough', () => {
    it('has OpenAI and Anthropic without a setting, and lends nobody its own key', () => {
      const result = load({
        AUTH_MODE: 'passthrough',
        OPENAI_API_KEY: KEY,
        MISTRAL_API_KEY: KEY,
        HOST: '0.0.0.0',
      });
      if (!result.ok) throw new Error(formatFaults(result.faults));
      expect(result.config.providers.map(({ id, apiKey }) => [id, apiKey])).toEqual([
        ['openai', null],
        ['anthropic', null],
        ['mistral', null],
      ]);
      expect(JSON.stringify(result)).not.toContain(KEY);
      expect(result.warnings.join('\n')).toContain('OPENAI_API_KEY is not used');
    });

    it('is no way around keys for a provider that asks for none', () => {
      const faults = faultsOf(
        { AUTH_MODE: 'passthrough', OLLAMA_BASE_URL: 'http://ollama:11434/v1' },
        undefined,
        null,
      );
      expect(faults.AUTH_MODE).toMatch(/use ollama at your cost.*AUTH_MODE=keys/);
    });
  });
});

describe('faults', () => {
  it('come all at once, each with its place and none with a secret', () => {
    const faults = faultsOf(
      {
        PORT: 'S3CR3T',
        MAX_REQUEST_SIZE: 'big',
        AUTH_MODE: 'S3CR3T',
        GATEWAY_API_KEYS: 'bad name:S3CR3T',
        GROQ_BASE_URL: 'https://u:S3CR3T@groq.example',
        UPSTASH_REDIS_REST_TOKEN: 'S3CR3T',
      },
      `
      server: {maxRequestSize: 1, log_level: S3CR3T}
      timeouts: S3CR3T
      port: 5
      timeout: {idle_timeout_ms: 1}
      limits: {rate_limit_rpm: -1}
      providers:
        openai: {api_key: '\${NOT_SET}'}
        azure-openai: {api_key: S3CR3T, base_ulr: S3CR3T}
      keys:
        - {key: S3CR3T-0123456789}
        - {name: a, key: S3CR3T-0123456789, tennant: b}
      `,
    );
    expect(faults).toMatchObject({
      PORT: expect.stringContaining('0 to 65535'),
      MAX_REQUEST_SIZE: expect.stringContaining('10MiB'),
      AUTH_MODE: 'must be one of keys, passthrough, open',
      'GATEWAY_API_KEYS[0]': expect.stringContaining('name'),
      GROQ_BASE_URL: expect.stringContaining('password'),
      UPSTASH_REDIS_REST_URL: expect.stringContaining('is missing'),
      'server.maxRequestSize': expect.stringContaining('did you mean max_request_size?'),
      'server.log_level': expect.stringContaining('debug, info, warn, error'),
      timeouts: 'must be a mapping (name: value)',
      port: expect.stringContaining('did you mean server.port?'),
      timeout: expect.stringContaining('did you mean timeouts?'),
      'limits.rate_limit_rpm': expect.stringContaining('whole number'),
      'providers.openai.api_key': expect.stringContaining('NOT_SET'),
      'providers.azure-openai.base_ulr': expect.stringContaining('did you mean base_url?'),
      'keys[0].name': expect.stringContaining('is missing'),
      'keys[1].tennant': expect.stringContaining('did you mean tenant?'),
    });
    expect(JSON.stringify(faults)).not.toContain('S3CR3T');
  });

  it('name the variable when the value came from there', () => {
    expect(Object.keys(faultsOf({ PORT: 'x' }, 'server: {port: 1}'))).toEqual(['PORT']);
    expect(Object.keys(faultsOf({}, 'server: {port: x}'))).toEqual(['server.port']);
  });

  it('do not bring forth others: a key that is missing does not make the gateway look open', () => {
    const env = { HOST: '0.0.0.0', OPENAI_API_KEY: KEY };
    expect(Object.keys(faultsOf(env, 'keys: [{name: a, key: "${NOT_SET}"}]'))).toEqual(['keys[0].key']);
    expect(Object.keys(faultsOf({ ...env, AUTH_MODE: 'key' }))).toEqual(['AUTH_MODE']);
    expect(Object.keys(faultsOf(env, 'auth: {auth_mode: "${NOT_SET}"}'))).toEqual(['auth.auth_mode']);
    expect(Object.keys(faultsOf(env, 'key: 1'))).toEqual(['key']);
    expect(Object.keys(faultsOf(env, 'keys: [}'))).toEqual(['gateway.yaml:1:8']);
  });

  it('include those of the environment when the file cannot be read', () => {
    expect(Object.keys(faultsOf({ PORT: 'x' }, 'a: 1\na: 2'))).toEqual(['gateway.yaml:2:1', 'PORT']);
  });

  it('tell of two servers on one port', () => {
    expect(Object.keys(faultsOf({ PORT: '9090' }))).toEqual(['METRICS_PORT']);
    expect(configOf({ PORT: '9090', ENABLE_METRICS: 'false' }).server.port).toBe(9090);
    expect(configOf({ PORT: '0', METRICS_PORT: '0' }).server.port).toBe(0);
  });

  it('are bounded in print, however many there are', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `x${index}${'y'.repeat(300)}: 1`).join('\n');
    const result = load({}, many);
    if (result.ok) throw new Error('took 1000 unknown keys');
    expect(result.faults).toHaveLength(1000);
    const lines = formatFaults(result.faults).split('\n');
    expect(lines).toHaveLength(52);
    expect(lines[0]).toBe('1000 faults in the configuration:');
    expect(lines.at(-1)).toBe('  ... and 950 more');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400);
  });

  it('cannot forge lines of a log', () => {
    const result = load({}, '"a\\nERROR forged": 1');
    expect(result.ok ? '' : formatFaults(result.faults)).toMatch(
      /^1 fault[^\n]*\n {2}\["a\\nERROR forged"\]: [^\n]*$/,
    );
  });
});
