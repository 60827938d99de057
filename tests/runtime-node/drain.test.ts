import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../support/http-client.ts';
import { until, within } from '../support/wait.ts';
import { afterFirstBytes, chat, isRefused, type NodeGateway, startNode, wordsOf } from './node-gateway.ts';

const started: NodeGateway[] = [];
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
});

describe.each(['1', '2'])('the drain of %s worker(s)', (workers) => {
  const start = async (env: Record<string, string> = {}) => {
    const gateway = await startNode({ WORKERS: workers, ...env });
    started.push(gateway);
    return gateway;
  };

  it('lets a running stream finish, and ends with 0', async () => {
    const gateway = await start();
    const answer = await chat(gateway, { model: 'sandbox/slow-500-50', words: 60, stream: true });
    const rest = await afterFirstBytes(answer);
    gateway.signal('SIGTERM');
    expect(wordsOf(await within('the stream ends', rest(), 10_000))).toBe(60);
    expect(await gateway.ended()).toBe(0);
  });

  it('lets the readiness fall before the port closes, and sends callers away meanwhile', async () => {
    const gateway = await start();
    const signalledAt = performance.now();
    gateway.signal('SIGTERM');
    await until('readiness falls', async () => (await send(`${gateway.url}/health/ready`)).status === 503);
    expect((await send(`${gateway.url}/health/live`)).status).toBe(200);
    const late = await chat(gateway);
    expect(late.status).toBe(200);
    expect(late.headers.connection).toBe('close');
    await late.text();
    await until('the port closes', () => isRefused(gateway));
    expect(performance.now() - signalledAt).toBeGreaterThan(1_900);
    expect(await gateway.ended()).toBe(0);
  });

  it('takes nobody any more after that, although a stream still runs', async () => {
    const gateway = await start();
    const answer = await chat(gateway, { model: 'sandbox/slow-100-50', words: 40, stream: true });
    const rest = await afterFirstBytes(answer);
    gateway.signal('SIGINT');
    await until('the port closes', () => isRefused(gateway));
    expect(wordsOf(await within('the stream ends', rest(), 10_000))).toBe(40);
  });

  it('breaks visibly what outlives DRAIN_TIMEOUT_MS, and ends with 0', async () => {
    const gateway = await start({ DRAIN_TIMEOUT_MS: '600' });
    const answer = await chat(gateway, { model: 'sandbox/slow-100-50', words: 1_000, stream: true });
    const rest = await afterFirstBytes(answer);
    const signalledAt = performance.now();
    gateway.signal('SIGTERM');
    const { text, cut } = await within('the stream ends', rest());
    expect(performance.now() - signalledAt).toBeGreaterThan(550);
    expect(cut).toBe(true);
    expect(text).not.toContain('[DONE]');
    expect(await gateway.ended()).toBe(0);
    expect(gateway.logs()).toContain('"message":"drain timed out","requests_broken":1,"after_ms":600');
  });

  it('closes idle connections at once, others after their answer, and waits for none that says nothing', async () => {
    const gateway = await start();
    const { hostname, port } = new URL(gateway.url);
    const idle = new Agent({ keepAlive: true });
    await (await send(`${gateway.url}/health/live`, { agent: idle })).text();
    const [socket] = Object.values(idle.freeSockets).flat();
    const idleClosed = new Promise((resolve) => socket?.once('close', resolve));
    const silent = connect(Number(port), hostname);
    await new Promise((resolve) => silent.once('connect', resolve));
    silent.on('error', () => {});
    const busy = new Agent({ keepAlive: true });
    const ask = (stream: boolean) =>
      send(`${gateway.url}/v1/chat/completions`, {
        agent: busy,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'sandbox/slow-100-50',
          stream,
          messages: [{ role: 'user', content: 'a b c d e f g h i j k l m n o p q r s t' }],
        }),
      });
    const pending = ask(false);
    // Its headers are out before the signal, so they cannot say that the connection will close.
    const running = await ask(true);
    gateway.signal('SIGINT');
    await within('the idle connection closes', idleClosed, 1_000);
    expect((await pending).headers.connection).toBe('close');
    expect(await running.text()).toContain('[DONE]');
    expect(await gateway.ended(3_000)).toBe(0);
    silent.destroy();
  });

  it('needs no linger for SIGINT, and does not wait at a second one', async () => {
    const idle = await start();
    const signalledAt = performance.now();
    idle.signal('SIGINT');
    expect(await idle.ended()).toBe(0);
    expect(performance.now() - signalledAt).toBeLessThan(1_500);

    const busy = await start();
    const answer = await chat(busy, { model: 'sandbox/slow-100-50', words: 1_000, stream: true });
    const rest = await afterFirstBytes(answer);
    busy.signal('SIGINT');
    await until('the port closes', () => isRefused(busy));
    busy.signal('SIGINT');
    expect(await busy.ended(1_000)).toBe(130);
    expect((await rest()).cut).toBe(true);
  });
});
