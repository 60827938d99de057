import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';
import { afterFirstBytes, chat, type NodeGateway, startNode, wordsOf } from './node-gateway.ts';

const ADMIN = 'admin-key-0001-of-the-tests';
const file = (more = '') => `server: {enable_sandbox: true}\nroutes: {smart: sandbox/echo}\n${more}\n`;
const OTHER = 'aliases: {other: smart}';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'llm-edge-reload-'));
  closing.push(() => rmSync(path, { recursive: true }));
  return path;
}

/** @returns the gateway, and what writes its file as editors do: a new one in its place. */
async function startWith(env: Readonly<Record<string, string>> = {}) {
  const path = join(folder(), 'gateway.yaml');
  writeFileSync(path, file());
  const gateway = await startNode({
    LLM_EDGE_CONFIG: path,
    AUTH_MODE: 'open',
    ADMIN_API_KEY: ADMIN,
    ...env,
  });
  closing.push(gateway.close);
  const write = (text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  return { gateway, write, path };
}

const statusOf = async (gateway: NodeGateway, model: string) => {
  const answer = await chat(gateway, { model });
  await answer.text();
  return answer.status;
};

const isServed = (gateway: NodeGateway, model: string) =>
  until(`${model} is served`, async () => (await statusOf(gateway, model)) === 200, { deadlineMs: 15_000 });

const reloadSuccess = async (gateway: NodeGateway) =>
  (await gateway.samples()).find(({ name }) => name === 'llm_edge_config_reload_success')?.value;

describe.each([
  ['one process', '1'],
  ['two workers', '2'],
])('a new configuration file, with %s', (_, workers) => {
  it('is taken on when it changes, in all of them', async () => {
    const { gateway, write } = await startWith({ WORKERS: workers });
    expect(await statusOf(gateway, 'other')).toBe(404);
    expect(await reloadSuccess(gateway)).toBe(1);
    write(file(OTHER));
    await until('it is told', () => gateway.logs().includes('configuration reloaded'), {
      deadlineMs: 15_000,
    });
    for (let call = 0; call < 6; call++) expect(await statusOf(gateway, 'other')).toBe(200);
  }, 40_000);

  it('is refused with its faults when it is bad, and the old one stays', async () => {
    const { gateway, write } = await startWith({ WORKERS: workers });
    write(file('aliases: {other: smart}\nserver2: {}\nroutes2: {}'));
    await until('it is refused', () => gateway.logs().includes('configuration refused'), {
      deadlineMs: 15_000,
    });
    expect(gateway.logs()).toMatch(/server2: is not a known setting.*did you mean server/);
    expect(await statusOf(gateway, 'smart')).toBe(200);
    expect(await statusOf(gateway, 'other')).toBe(404);
    expect(await reloadSuccess(gateway)).toBe(0);
    write(file(OTHER));
    await isServed(gateway, 'other');
    await until('the metric says so', async () => (await reloadSuccess(gateway)) === 1, {
      deadlineMs: 15_000,
    });
  }, 60_000);
});

describe('a new configuration', () => {
  it('leaves calls under way alone', async () => {
    const { gateway, write } = await startWith();
    const streaming = await chat(gateway, { model: 'sandbox/slow', words: 30, stream: true });
    const rest = await afterFirstBytes(streaming);
    write(`${file(OTHER)}limits: {rate_limit_rpm: 1000}\n`);
    await isServed(gateway, 'other');
    expect(wordsOf(await rest())).toBe(30);
  }, 40_000);

  it('comes with SIGHUP where no change is heard of', async () => {
    const real = folder();
    const path = join(folder(), 'gateway.yaml');
    // The file itself is written in a folder that is not watched.
    writeFileSync(join(real, 'real.yaml'), file());
    symlinkSync(join(real, 'real.yaml'), path);
    const gateway = await startNode({ LLM_EDGE_CONFIG: path });
    closing.push(gateway.close);
    writeFileSync(join(real, 'real.yaml'), file(OTHER));
    expect(await statusOf(gateway, 'other')).toBe(404);
    gateway.signal('SIGHUP');
    await isServed(gateway, 'other');
  }, 40_000);

  it('comes when Kubernetes exchanges the link to the folder', async () => {
    const root = folder();
    const put = (name: string, text: string) => {
      const version = mkdtempSync(join(root, '..v'));
      writeFileSync(join(version, 'gateway.yaml'), text);
      symlinkSync(version, join(root, name));
    };
    put('..data', file());
    symlinkSync(join('..data', 'gateway.yaml'), join(root, 'gateway.yaml'));
    const gateway = await startNode({ LLM_EDGE_CONFIG: join(root, 'gateway.yaml') });
    closing.push(gateway.close);
    put('..data_tmp', file(OTHER));
    renameSync(join(root, '..data_tmp'), join(root, '..data'));
    await isServed(gateway, 'other');
  }, 40_000);

  it('keeps what needs a restart, and names it', async () => {
    const { gateway, write } = await startWith({ WORKERS: '2' });
    write(file(`cache: {l1_cache_size: 5}\n${OTHER}`));
    await until('it is told', () => gateway.logs().includes('settings need a restart'), {
      deadlineMs: 15_000,
    });
    expect(gateway.logs()).toContain('L1_CACHE_SIZE');
    expect(await statusOf(gateway, 'other')).toBe(200);
  }, 40_000);

  it('opens no gateway that others reach by a HOST that needs a restart', async () => {
    const path = join(folder(), 'gateway.yaml');
    const provider = 'providers: {own: {base_url: http://127.0.0.1:9/v1, api_key: k}}';
    const key = 'sk-gateway-test-key-0001';
    writeFileSync(path, `server: {host: 0.0.0.0}\n${provider}\nkeys: [{name: team, key: ${key}}]\n`);
    const gateway = await startNode({ LLM_EDGE_CONFIG: path, HOST: '', AUTH_MODE: '', WORKERS: '1' });
    closing.push(gateway.close);
    writeFileSync(path, `server: {host: 127.0.0.1}\n${provider}\nauth: {auth_mode: open}\n`);
    await until('it is refused', () => gateway.logs().includes('configuration refused'), {
      deadlineMs: 15_000,
    });
    expect(gateway.logs()).toContain('others can reach this address');
    expect(await statusOf(gateway, 'sandbox/echo')).toBe(401);
  }, 40_000);

  it('is what workers begin with that come later', async () => {
    const { gateway, write } = await startWith({ WORKERS: '2' });
    write(file(OTHER));
    await until('it is told', () => gateway.logs().includes('configuration reloaded'), {
      deadlineMs: 15_000,
    });
    const [worker = 0] = gateway.workers();
    process.kill(worker, 'SIGKILL');
    await until(
      'another one came',
      () => !gateway.workers().includes(worker) && gateway.workers().length === 2,
      {
        deadlineMs: 20_000,
      },
    );
    for (let call = 0; call < 6; call++) await isServed(gateway, 'other');
  }, 60_000);

  it('is refused when no gateway can be made of it, by all workers', async () => {
    const { gateway, write } = await startWith({ WORKERS: '2' });
    write(file(`semantic: {cache_semantic: shadow, cache_semantic_model: nobody/nothing}\n${OTHER}`));
    await until('it is refused', () => gateway.logs().includes('configuration refused'), {
      deadlineMs: 15_000,
    });
    expect(gateway.logs()).toContain('CACHE_SEMANTIC_MODEL');
    expect(await statusOf(gateway, 'other')).toBe(404);
    expect(await reloadSuccess(gateway)).toBe(0);
  }, 40_000);

  it('changes who may call', async () => {
    const { gateway, write } = await startWith({ AUTH_MODE: '', ADMIN_API_KEY: '' });
    expect(await statusOf(gateway, 'smart')).toBe(200);
    write(file('keys: [{name: team, key: sk-gateway-test-key-0001}]'));
    await until('strangers are refused', async () => (await statusOf(gateway, 'smart')) === 401, {
      deadlineMs: 15_000,
    });
    const known = await chat(gateway, { model: 'smart', key: 'sk-gateway-test-key-0001' });
    expect(known.status).toBe(200);
    expect((await send(`${gateway.url}/health/ready`)).status).toBe(200);
  }, 40_000);
});

describe('what is known of targets', () => {
  it('holds in all workers, and over a new configuration', async () => {
    const { gateway, write } = await startWith({ WORKERS: '2' });
    const order = async (action: string) => {
      const url = `${gateway.url}/admin/providers/sandbox%2Fecho/${action}`;
      const answer = await send(url, { method: 'POST', headers: { authorization: `Bearer ${ADMIN}` } });
      expect(JSON.parse(await answer.text())).toMatchObject({ id: 'sandbox/echo', others_told: true });
    };
    // Connections are dealt out in turn, so that four calls reach both workers.
    const statuses = () => Promise.all(Array.from({ length: 4 }, () => statusOf(gateway, 'smart')));
    const all = (status: number) => async () => (await statuses()).every((one) => one === status);
    await until('it is served', all(200), { deadlineMs: 15_000 });
    await order('drain');
    await until('no worker serves it', all(503), { deadlineMs: 15_000 });
    write(file(OTHER));
    await until('it is told', () => gateway.logs().includes('configuration reloaded'), {
      deadlineMs: 15_000,
    });
    expect(await statuses()).toEqual([503, 503, 503, 503]);
    await order('restore');
    await until('all workers serve it', all(200), { deadlineMs: 15_000 });
  }, 60_000);
});
