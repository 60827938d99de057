import { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import { send } from '../support/http-client.ts';
import { until, within } from '../support/wait.ts';
import {
  afterFirstBytes,
  chat,
  isAlive,
  isRefused,
  type NodeGateway,
  startNode,
  wordsOf,
} from './node-gateway.ts';

/** Lets a test make a defect in a process: SIGUSR2 throws where nobody catches. */
const DEFECT_ON_SIGUSR2 = `process.on('SIGUSR2', () => setTimeout(() => { throw new Error('a defect') }))`;

const started: NodeGateway[] = [];
const start = async (env: Record<string, string> = {}) => {
  const gateway = await startNode({ WORKERS: '2', ...env });
  started.push(gateway);
  return gateway;
};
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
});

/** Starts streams until each worker has one, as the connections are dealt out in turn. */
async function streamOnEach(gateway: NodeGateway, words: number) {
  const answers = await Promise.all(
    gateway.workers().map(() => chat(gateway, { model: 'sandbox/slow-100-50', words, stream: true })),
  );
  return Promise.all(answers.map(afterFirstBytes));
}

/**
 * Whether a call is answered. The primary may have handed a connection to a worker in the moment in which that was
 * killed (at most one, since it waits for each to be taken), and such a connection stays silent.
 */
function answers(gateway: NodeGateway): Promise<boolean> {
  return chat(gateway, { signal: AbortSignal.timeout(1_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

describe('worker processes', () => {
  it('are replaced when one is killed, while the others serve on', async () => {
    const gateway = await start();
    const [victim = 0, survivor] = gateway.workers();
    const rests = await streamOnEach(gateway, 30);
    process.kill(victim, 'SIGKILL');
    let served = 0;
    for (let i = 0; i < 20; i += 1) served += (await answers(gateway)) ? 1 : 0;
    expect(served).toBeGreaterThanOrEqual(19);
    const cuts = (await Promise.all(rests.map((rest) => rest()))).map(({ cut }) => cut);
    expect(cuts.sort(), 'only its own calls are lost').toEqual([false, true]);
    await until('another takes its place', () => gateway.workers().length === 2);
    expect(gateway.workers()).not.toContain(victim);
    expect(gateway.workers()).toContain(survivor);
    expect(gateway.logs()).toMatch(/"worker replaced","pid":\d+,"reason":"it was ended by SIGKILL"/);
  });

  it('come back on the same port when all were killed', async () => {
    const gateway = await start();
    for (const pid of gateway.workers()) process.kill(pid, 'SIGKILL');
    await until('the port answers again', () => answers(gateway));
  });

  it('end when the primary is killed', async () => {
    const gateway = await start();
    const workers = gateway.workers();
    expect(workers).toHaveLength(2);
    gateway.signal('SIGKILL');
    await until('the workers end', () => !workers.some(isAlive));
    expect(await isRefused(gateway)).toBe(true);
  });

  it('finish their calls before a defect ends them, and are replaced at once', async () => {
    const gateway = await start({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(DEFECT_ON_SIGUSR2)}`,
    });
    const [victim = 0] = gateway.workers();
    const rests = await streamOnEach(gateway, 40);
    process.kill(victim, 'SIGUSR2');
    await until('a third is there', () => gateway.workers().length === 3);
    for (const rest of rests) expect(wordsOf(await rest())).toBe(40);
    await until('the victim has ended', () => gateway.workers().length === 2);
    expect(gateway.workers()).not.toContain(victim);
    expect(gateway.logs()).toContain('"level":"error","message":"uncaught exception","error":"a defect"');
  });

  it('can be told one by one to finish', async () => {
    const gateway = await start();
    const [first = 0] = gateway.workers();
    process.kill(first, 'SIGTERM');
    await until('it has ended and was replaced', () => !isAlive(first) && gateway.workers().length === 2);
    expect((await chat(gateway)).status).toBe(200);
  });

  it('leave a SIGINT from a terminal to the primary', async () => {
    const gateway = await start();
    const rests = await streamOnEach(gateway, 20);
    for (const pid of [gateway.pid, ...gateway.workers()]) process.kill(pid, 'SIGINT');
    for (const rest of rests) expect(wordsOf(await rest())).toBe(20);
    expect(await gateway.ended()).toBe(0);
  });
});

describe('a single process', () => {
  it('finishes its calls and ends with 1 after a defect', async () => {
    const gateway = await start({
      WORKERS: '1',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(DEFECT_ON_SIGUSR2)}`,
    });
    const answer = await chat(gateway, { model: 'sandbox/slow-100-50', words: 20, stream: true });
    const rest = await afterFirstBytes(answer);
    gateway.signal('SIGUSR2');
    expect(wordsOf(await rest())).toBe(20);
    expect(await gateway.ended()).toBe(1);
    expect(gateway.logs()).toContain('"message":"uncaught exception","error":"a defect"');
  });
});

describe('what holds over all workers', () => {
  it('is a rate limit: 10 a minute allow exactly 10, on many connections', async () => {
    const gateway = await start({ GATEWAY_API_KEYS: 'a:sk-key-of-tenant-a-1', RATE_LIMIT_RPM: '10' });
    const calls = Array.from({ length: 60 }, () => chat(gateway, { key: 'sk-key-of-tenant-a-1' }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
  });

  describe('who made a stored response', () => {
    const box: { upstream?: FaultUpstream } = {};
    beforeAll(async () => {
      box.upstream = await startFaultUpstream(
        json(200, { id: 'resp_made_by_a', object: 'response', output: [] }),
      );
    });
    afterAll(() => box.upstream?.close());

    it('is known to every worker, and other tenants do not get at it', async () => {
      const gateway = await start({
        OPENAI_API_KEY: 'sk-upstream',
        OPENAI_BASE_URL: `${box.upstream?.url}/v1`,
        GATEWAY_API_KEYS: 'a:sk-key-of-tenant-a-1,b:sk-key-of-tenant-b-1',
      });
      const ask = (key: string, path: string, body?: string) =>
        send(gateway.url + path, {
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body }),
        });
      const made = await ask('sk-key-of-tenant-a-1', '/v1/responses', '{"model":"gpt-4o-mini","input":"Hi"}');
      expect(made.status).toBe(200);
      await made.text();
      const found = await Promise.all(
        Array.from({ length: 10 }, () => ask('sk-key-of-tenant-a-1', '/v1/responses/resp_made_by_a')),
      );
      expect(found.map(({ status }) => status)).toEqual(new Array(10).fill(200));
      const denied = await Promise.all(
        Array.from({ length: 10 }, () => ask('sk-key-of-tenant-b-1', '/v1/responses/resp_made_by_a')),
      );
      expect(denied.map(({ status }) => status)).toEqual(new Array(10).fill(404));
    });
  });

  it('is given up when the primary is stuck, rather than the calls', async () => {
    const gateway = await start({ GATEWAY_API_KEYS: 'a:sk-key-of-tenant-a-1', RATE_LIMIT_RPM: '1' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = () =>
      send(`${gateway.url}/v1/chat/completions`, {
        agent,
        headers: { authorization: 'Bearer sk-key-of-tenant-a-1', 'content-type': 'application/json' },
        body: '{"model":"sandbox/echo","messages":[{"role":"user","content":"Hi"}]}',
      });
    await (await call()).text();
    const limited = await call();
    expect(limited.status).toBe(429);
    await limited.text();
    process.kill(gateway.pid, 'SIGSTOP');
    try {
      const answer = await within('an answer without the primary', call(), 2_000);
      expect(answer.status).toBe(200);
    } finally {
      process.kill(gateway.pid, 'SIGCONT');
      agent.destroy();
    }
  });
});
