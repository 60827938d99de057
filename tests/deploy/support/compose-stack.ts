import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientResponse, send } from '../../support/http-client.ts';
import { until } from '../../support/wait.ts';
import { readComposeFile } from './compose.ts';
import type { Engine } from './engine.ts';
import { ROOT } from './files.ts';
import { buildImage, hasImage, scriptStandIn, standIn } from './images.ts';

const FILE = 'docker-compose.production.yml';
const VERSION = 'test';
const REDIS = ['redis-1', 'redis-2', 'redis-3'];

export interface ComposeStack {
  /** Services that this machine has an image of, or a program to stand in for it. */
  readonly services: readonly string[];
  /** `http://ADDRESS:PORT` of a published port. */
  url(port: number): string;
  up(services: readonly string[], ...flags: readonly string[]): Promise<void>;
  compose(args: readonly string[], timeoutMs?: number): Promise<string>;
  cli(args: readonly string[], timeoutMs?: number): Promise<string>;
  id(service: string): Promise<string>;
  /** Runs commands as a guide has them, in a folder of its own. */
  script(text: string): Promise<string>;
  /** Output of a shell command within the container. */
  shell(service: string, command: string): Promise<string>;
  healthy(services: readonly string[], deadlineMs?: number): Promise<void>;
  chat(
    words: number,
    options?: { readonly model?: string; readonly stream?: boolean },
  ): Promise<ClientResponse>;
  down(): Promise<void>;
}

/** The compose file as it is, on an address of this host that is nobody else's, with volumes of its own. */
export async function createComposeStack(engine: Engine): Promise<ComposeStack> {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const address = `127.${[process.pid >> 8, process.pid & 255].map((byte) => (byte % 250) + 1).join('.')}.1`;
  const envFile = join(folder, 'env');
  execFileSync(join(ROOT, 'scripts/make-env.sh'), [envFile], { stdio: 'ignore' });
  const key = /GATEWAY_API_KEYS=default:(\w+)/.exec(readFileSync(envFile, 'utf8'))?.[1] ?? '';
  writeFileSync(
    envFile,
    `${readFileSync(envFile, 'utf8')}BIND_ADDRESS=${address}\nAPI_PORT=${address}:8080\nLLM_EDGE_AGENT_VERSION=${VERSION}\n`,
  );
  await buildImage(engine, `llm-edge-agent:${VERSION}`);
  const { images, absent } = await chooseImages(engine);
  writeFileSync(join(folder, 'images.json'), JSON.stringify({ version: '3.9', services: images }));

  const project = ['-p', `llm-edge-test-${process.pid}`, '--env-file', envFile];
  const files = ['-f', join(ROOT, FILE), '-f', join(folder, 'images.json')];
  const compose: ComposeStack['compose'] = (args, timeoutMs) =>
    engine.compose([...project, ...files, ...args], timeoutMs);
  const id = async (service: string) => (await compose(['ps', '-q', service])).split('\n')[0] ?? '';
  const shell = async (service: string, command: string) =>
    engine.cli(['exec', await id(service), 'sh', '-c', command]);

  return {
    services: Object.keys(readComposeFile(FILE).services).filter((name) => !absent.includes(name)),
    url: (port) => `http://${address}:${port}`,
    async up(services, ...flags) {
      await compose(['up', '-d', '--no-build', '--no-deps', ...flags, ...services]);
    },
    compose,
    script(text) {
      const command = [...engine.composeCommand, ...project, ...files].join(' ');
      return engine.script(text.replaceAll(`docker-compose -f ${FILE}`, command), folder);
    },
    cli: engine.cli,
    id,
    shell,
    async healthy(services, deadlineMs = 60_000) {
      const check = (service: string) => async () => isHealthy(engine, await id(service));
      await Promise.all(
        services.map((name) => until(`${name} is healthy`, check(name), { deadlineMs, everyMs: 300 })),
      );
    },
    chat(words, { model = 'sandbox/echo', stream = false } = {}) {
      const content = new Array(words).fill('w').join(' ');
      return send(`http://${address}:8080/v1/chat/completions`, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, stream, messages: [{ role: 'user', content }] }),
      });
    },
    async down() {
      await compose(['down', '-v', '-t', '3']);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Its own health check. Without systemd, podman has no clock for them: then it is run here. */
async function isHealthy(engine: Engine, id: string): Promise<boolean> {
  if (engine.name === 'podman') return engine.cli(['healthcheck', 'run', id]).then(() => true);
  return (await engine.cli(['inspect', '--format', '{{.State.Health.Status}}', id])) === 'healthy';
}

/** Images that are not here are replaced by a stand-in, or their services left out. */
async function chooseImages(engine: Engine) {
  const stand: Readonly<Record<string, () => Promise<string | null>>> = {
    prometheus: () => standIn(engine, 'prometheus', '65534:65534'),
    'redis-exporter': () => standIn(engine, 'prometheus-redis-exporter', '59000:59000'),
    jaeger: () => scriptStandIn(engine, 'jaeger-stand-in.mjs', '10001:10001'),
  };
  const images: Record<string, { image: string }> = {};
  const absent: string[] = [];
  for (const [name, { image = '' }] of Object.entries(readComposeFile(FILE).services)) {
    if (name === 'llm-edge-agent' || REDIS.includes(name) || (await hasImage(engine, image))) continue;
    const tag = (await stand[name]?.()) ?? null;
    if (tag === null) absent.push(name);
    else images[name] = { image: tag };
  }
  return { images, absent };
}
