import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { until } from '../support/wait.ts';
import { type ComposeStack, createComposeStack } from './support/compose-stack.ts';
import { findEngine } from './support/engine.ts';
import { readText } from './support/files.ts';
import { missingBases } from './support/images.ts';

const REDIS = ['redis-1', 'redis-2', 'redis-3'];
const CLI = 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -c';
const KEYS = 120;

const engine = await findEngine();
const missing = typeof engine === 'string' ? engine : await missingBases(engine);

if (typeof engine === 'string' || missing !== null) {
  describe.skip(`the compose stack, running (skipped: ${missing})`, () => it('is not run here', () => {}));
} else {
  describe(`the compose stack, running on ${engine.name}`, { timeout: 240_000 }, () => {
    let stack: ComposeStack;
    beforeAll(async () => {
      stack = await createComposeStack(engine);
      await stack.up(REDIS);
      await stack.healthy(REDIS);
      await stack.up(stack.services.filter((name) => !REDIS.includes(name)));
      await stack.healthy(['llm-edge-agent']);
      await stack.shell(
        'redis-1',
        `for i in $(seq ${KEYS}); do echo "set key:$i $i"; done | ${CLI} >/dev/null`,
      );
      console.log(`running: ${stack.services.join(', ')}`);
    }, 400_000);
    afterAll(async () => {
      try {
        await stack?.down();
      } finally {
        engine.close();
      }
    }, 60_000);

    it('has no rights in its containers', async () => {
      const agent = await stack.id('llm-edge-agent');
      const exec = (...command: string[]) => stack.cli(['exec', agent, ...command]);
      expect(await exec('id')).toBe('uid=1000(llm-agent) gid=1000(llm-agent) groups=1000(llm-agent)');
      expect(await exec('cat', '/proc/1/status')).toMatch(/CapEff:\t0{16}\n/);
      expect(await exec('cat', '/proc/1/status')).toMatch(/NoNewPrivs:\t1\n/);
      expect(await exec('cat', '/proc/1/cmdline')).toBe('node\0--use-openssl-ca\0/app/main.mjs\0'.trim());
      await expect(exec('touch', '/app/x')).rejects.toThrow(/Read-only/);
      await expect(stack.shell('redis-1', 'redis-cli get key:1')).resolves.toContain('NOAUTH');
    });

    it('answers, first from the provider and then from the cache of any process', async () => {
      const first = await stack.chat(3);
      expect([first.status, first.headers['x-llm-edge-cache']]).toEqual([200, 'miss']);
      await until('the shared cache has it', async () => {
        const { headers } = await stack.chat(3);
        return headers['x-llm-edge-cache'] === 'hit-l1' || headers['x-llm-edge-cache'] === 'hit-l2';
      });
      expect(await stack.shell('redis-1', `${CLI} --no-auth-warning dbsize`)).not.toBe('');
    });

    it('shows its calls to Jaeger, streams too', async () => {
      await (await stack.chat(4)).text();
      await (await stack.chat(5, { stream: true })).text();
      await until('both have come', async () => (await tracedCalls(stack)) >= 2, {
        deadlineMs: 30_000,
        everyMs: 300,
      });
    });

    it('is scraped, all of it that runs', async () => {
      if (!stack.services.includes('prometheus')) return console.log('no Prometheus is here to scrape');
      const expected = [
        'llm-edge-agent',
        'prometheus',
        ...(stack.services.includes('redis-exporter') ? REDIS : []),
      ];
      await until('every target is up', async () => (await targetsUp(stack)).length >= expected.length, {
        deadlineMs: 60_000,
        everyMs: 500,
      });
      expect(await targetsUp(stack)).toEqual(
        expect.arrayContaining(['llm-edge-agent:9090', 'localhost:9090']),
      );
    });

    it('answers while a Redis is killed, which comes back by itself', async () => {
      await stack.cli(['kill', '-s', 'KILL', await stack.id('redis-2')]);
      for (let words = 10; words < 40; words += 1) {
        const startedAt = performance.now();
        expect((await stack.chat(words)).status).toBe(200);
        expect(performance.now() - startedAt).toBeLessThan(2_000);
      }
      // The engine's own restart counts as what it is: not every engine takes a kill by hand for a failure.
      await stack.up(['redis-2']);
      await stack.healthy(REDIS);
      expect(await keysHeld(stack)).toBe(KEYS);
    });

    it('keeps its keys when every Redis gets a new address', async () => {
      const before = await addresses(stack);
      await stack.compose(['rm', '-s', '-f', ...REDIS]);
      // An engine that gives the lowest free address again gives each node that of another one, which is worse than a new one.
      const [first = '', ...others] = REDIS.toSorted((a, b) =>
        (before.get(a) ?? '').localeCompare(before.get(b) ?? ''),
      );
      for (const name of [...others, first]) await stack.up([name]);
      await stack.healthy(REDIS);
      const after = await addresses(stack);
      expect(REDIS.filter((name) => after.get(name) === before.get(name))).toEqual([]);
      expect(await keysHeld(stack)).toBe(KEYS);
    });

    it('loses a third of its keys with a volume, and takes writes everywhere again', async () => {
      const { volume } = await removeWithVolume(stack, 'redis-3');
      await stack.up(['redis-3']);
      await stack.healthy(REDIS);
      await until('every slot has its owner', async () => (await slotsOwned(stack)) === 16_384, {
        deadlineMs: 30_000,
        everyMs: 300,
      });
      expect(volume).toContain('redis-3-data');
      const held = await keysHeld(stack);
      expect(held).toBeGreaterThan(KEYS / 2);
      expect(held).toBeLessThan(KEYS);
      expect(await stack.shell('redis-1', `${CLI} cluster nodes | wc -l`)).toBe('3');
      const fresh = await stack.shell(
        'redis-1',
        `for i in $(seq ${KEYS}); do echo "set key:$i $i"; done | ${CLI}`,
      );
      expect(fresh.match(/OK/g)).toHaveLength(KEYS);
    });

    it('is backed up and restored by the commands of the guide', async () => {
      const [backup = '', restore = ''] = guide('**Backup and restore.** What cannot be had');
      const [redis, prometheus] = backup.split('\n');
      await stack.script(stack.services.includes('prometheus') ? `${redis}\n${prometheus}` : `${redis}`);
      const before = await keysHeld(stack);
      await removeWithVolume(stack, 'redis-1');
      await stack.compose(['up', '--no-start', '--no-build', '--no-deps', 'redis-1']);
      await stack.script(restore);
      await stack.healthy(REDIS);
      expect(await keysHeld(stack)).toBe(before);
    });

    it('cuts off no call when the gateway is restarted', async () => {
      const streams = Array.from({ length: 8 }, (_, at) =>
        stack.chat(50 + at, { model: 'sandbox/slow-100-50', stream: true }),
      );
      const answers = await Promise.all(streams);
      const restarted = stack.compose(['restart', '-t', '40', 'llm-edge-agent']);
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      for (const text of texts) expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
      await restarted;
      await stack.healthy(['llm-edge-agent']);
      expect((await stack.chat(3)).status).toBe(200);
      const state = await stack.compose(['logs', '--no-color', 'llm-edge-agent']);
      expect(state).not.toContain('drain timed out');
    });
  });
}

/** The blocks of commands in the deployment guide that come after the words, up to the next heading. */
function guide(words: string): string[] {
  const text = readText('docs/deployment.md');
  const part = text.slice(text.indexOf(words)).split('\n## ')[0] ?? '';
  return Array.from(part.matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, block = '']) => block);
}

/** Traces of calls with a call of the provider in them, by Jaeger's own query API. */
async function tracedCalls(stack: ComposeStack): Promise<number> {
  const answer = await send(`${stack.url(16686)}/api/traces?service=llm-edge-agent&limit=100`);
  const { data } = (await answer.json()) as { data: { spans: { operationName: string }[] }[] };
  const names = data.map(({ spans }) => spans.map(({ operationName }) => operationName));
  return names.filter((own) => own.includes('POST /v1/chat/completions') && own.includes('chat echo')).length;
}

async function targetsUp(stack: ComposeStack): Promise<string[]> {
  const answer = await send(`${stack.url(9091)}/api/v1/targets`);
  const { data } = (await answer.json()) as {
    data: { activeTargets: { health: string; labels: { instance: string } }[] };
  };
  return data.activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels.instance);
}

async function keysHeld(stack: ComposeStack): Promise<number> {
  const values = await stack.shell('redis-1', `for i in $(seq ${KEYS}); do echo "get key:$i"; done | ${CLI}`);
  return values.split('\n').filter((value) => /^\d+$/.test(value)).length;
}

async function slotsOwned(stack: ComposeStack): Promise<number> {
  return Number(
    /cluster_slots_assigned:(\d+)/.exec(await stack.shell('redis-1', `${CLI} cluster info`))?.[1],
  );
}

/** Of each node, on the network of the cluster. */
async function addresses(stack: ComposeStack): Promise<Map<string, string>> {
  const nodes = await stack.shell('redis-1', `${CLI} cluster nodes`);
  return new Map(
    Array.from(nodes.matchAll(/ ([\d.]+):6379@\d+,([\w-]+)/g), ([, address = '', name = '']) => [
      name,
      address,
    ]),
  );
}

async function removeWithVolume(stack: ComposeStack, service: string): Promise<{ volume: string }> {
  const id = await stack.id(service);
  const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{end}}{{end}}';
  const volume = await stack.cli(['inspect', '--format', format, id]);
  await stack.cli(['rm', '-f', id]);
  await stack.cli(['volume', 'rm', volume]);
  return { volume };
}
