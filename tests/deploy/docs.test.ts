import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readComposeFile } from './support/compose.ts';
import { ROOT, readText } from './support/files.ts';
import { find, ofKind, readManifests } from './support/manifests.ts';
import { settingNames } from './support/settings.ts';

const GUIDES = ['infrastructure', 'deployment', 'sizing', 'security', 'troubleshooting'].map(
  (n) => `docs/${n}.md`,
);
const compose = readComposeFile('docker-compose.production.yml');
const objects = readManifests();
const scripts = JSON.parse(readText('package.json')).scripts as Record<string, string>;

/** Commands of the contract, word for word. */
const SEED_COMMANDS = [
  'docker-compose -f docker-compose.production.yml up -d',
  'docker-compose -f docker-compose.production.yml ps',
  'docker-compose -f docker-compose.production.yml logs -f llm-edge-agent',
  'docker-compose -f docker-compose.production.yml down',
  'kubectl create namespace llm-edge-production',
  'kubectl create secret generic llm-edge-secrets \\',
  ...['namespace', 'redis-cluster', 'prometheus', 'grafana', 'jaeger', 'llm-edge-agent'].map(
    (name) => `kubectl apply -f deployments/kubernetes/${name}.yaml`,
  ),
  'kubectl get all -n llm-edge-production',
  'kubectl port-forward -n llm-edge-production svc/llm-edge-agent 8080:8080',
  'kubectl port-forward -n llm-edge-production svc/grafana 3000:3000',
  'kubectl port-forward -n llm-edge-production svc/jaeger 16686:16686',
];

describe.each(GUIDES)('%s', (path) => {
  const text = readText(path);
  const commands = Array.from(text.matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, block = '']) =>
    block.replaceAll('\\\n', ' ').split('\n'),
  ).flat();

  it('links to what exists', () => {
    const links = Array.from(text.matchAll(/\]\(([^)#]+)?(#[^)]+)?\)/g));
    for (const [, file, anchor] of links) {
      const target = file === undefined ? path : join(dirname(path), file);
      expect(existsSync(`${ROOT}${target}`), target).toBe(true);
      if (anchor !== undefined) expect(anchors(readText(target)), `${target}${anchor}`).toContain(anchor);
    }
  });

  it('names files, scripts and services that exist', () => {
    for (const command of commands) {
      const files = command.match(/(?<=^| )(?:scripts|deployments|docs|infrastructure)\/[\w./-]+/g) ?? [];
      for (const file of files) expect(existsSync(`${ROOT}${file}`), command).toBe(true);
      const [, script] = /npm run (?:--silent )?(\w+)/.exec(command) ?? [];
      if (script !== undefined) expect(scripts, command).toHaveProperty(script);
      for (const name of composeServices(command)) expect(compose.services, command).toHaveProperty(name);
      const [, kind = '', name = ''] = /(svc|deployment)\/(\S+)/.exec(command) ?? [];
      if (kind !== '') find(objects, kind === 'svc' ? 'Service' : 'Deployment', name);
    }
  });

  it('names settings that exist', () => {
    const own = new Set([...settingNames, ...OTHER_VARIABLES]);
    const named = text.match(/`[A-Z][A-Z0-9]+_[A-Z0-9_]+`/g)?.map((name) => name.slice(1, -1)) ?? [];
    expect(named.filter((name) => !own.has(name))).toEqual([]);
  });
});

/** Variables that are not the gateway's. */
const OTHER_VARIABLES = [
  'API_PORT',
  'BIND_ADDRESS',
  'GRAFANA_ADMIN_PASSWORD',
  'REDIS_COMMANDER_PASSWORD',
  'LLM_EDGE_AGENT_VERSION',
];

describe('the deployment guide', () => {
  const text = readText('docs/deployment.md');

  it.each(SEED_COMMANDS)('has %s', (command) => expect(text).toContain(command));

  it('makes every key of the secret that a pod asks for', () => {
    const asked = new Set(JSON.stringify(objects).match(/"name":"llm-edge-secrets","key":"[a-z-]+"/g));
    const made = text.match(/(?<=--from-literal=)[a-z-]+/g) ?? [];
    expect(asked.size).toBe(made.length);
    for (const key of made) expect(asked).toContain(`"name":"llm-edge-secrets","key":"${key}"`);
  });

  it('lists the variables of .env', () => {
    const used = readText('docker-compose.production.yml').match(/(?<=\$\{)\w+/g) ?? [];
    for (const name of new Set(used)) expect(text).toContain(`\`${name}\``);
  });
});

describe('the infrastructure guide', () => {
  const text = readText('docs/infrastructure.md');

  it.each(Object.entries(compose.services))('has %s with its image, ports and volumes', (name, service) => {
    const image = service.image
      ?.replace(/\$\{\w+:-([^}]+)\}/, '$1')
      .replace(/^(docker\.io|ghcr\.io)\/(library\/)?/, '');
    expect(text).toContain(`| \`${name}\` | \`${image}\` |`);
    for (const port of service.ports ?? []) {
      const [host, inside] = port
        .replace(/\$\{\w+:-([^}]+)\}/g, '$1')
        .split(':')
        .slice(-2);
      expect(text).toMatch(new RegExp(`\\| \`${name}\` \\|[^|]*\\| ${inside} \\| ${host} \\|`));
    }
  });

  it('has every volume', () => {
    for (const name of Object.keys(compose.volumes)) expect(text).toContain(`| \`${name}\` |`);
  });
});

describe('the sizing guide', () => {
  it('adds up', () => {
    for (const table of readText('docs/sizing.md').split('\n## ').slice(1, 3)) {
      const rows = Array.from(table.matchAll(/^\| (.+?) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)).slice(1);
      const numbers = rows.map(([, , ...cells]) =>
        cells.map((cell) => Number.parseFloat(cell.replace(/\*/g, '')) || 0),
      );
      const total = numbers.at(-1);
      const sums = [0, 1, 2].map((at) => numbers.slice(0, -1).reduce((sum, row) => sum + (row[at] ?? 0), 0));
      expect(total).toEqual(sums);
    }
    expect(ofKind(objects, 'HorizontalPodAutoscaler')[0]?.spec?.maxReplicas).toBe(10);
  });
});

function anchors(text: string): string[] {
  const headings = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) => heading);
  return headings.map(
    (heading) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`,
  );
}

/** The services that a command of compose names: for some any number, for others one before a command within it. */
function composeServices(command: string): string[] {
  const [, verb = '', rest = ''] =
    /docker-compose -f docker-compose\.production\.yml (\S+) ?(.*)/.exec(command) ?? [];
  const words = rest.replace(/--entrypoint \S+|--tail \d+|;.*|#.*/g, '').split(/\s+/);
  const names = words.filter((word) => /^[a-z]/.test(word));
  if (verb === 'exec' || verb === 'run') return names.slice(0, 1);
  return ['logs', 'build', 'up', 'stop', 'start', 'restart'].includes(verb) ? names : [];
}
