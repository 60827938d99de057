import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { children, isAlive } from '../runtime-node/node-gateway.ts';
import { send } from '../support/http-client.ts';
import { describeWithPrometheus } from '../support/prometheus-server.ts';
import { describeWithRedis } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { ROOT } from './support/files.ts';

const DEADLINE = { deadlineMs: 60_000, everyMs: 200 };

describeWithRedis('npm run stack', () => {
  describeWithPrometheus('with Prometheus', () => {
    it('runs the gateway on a cluster, scraped, and leaves nothing behind', {
      timeout: 120_000,
    }, async () => {
      const env = {
        PATH: process.env.PATH ?? '',
        PORT: '0',
        METRICS_PORT: '0',
        WORKERS: '1',
        LOG_LEVEL: 'warn',
      };
      const stack = spawn(process.execPath, ['scripts/stack.ts'], { cwd: ROOT, env });
      let output = '';
      for (const stream of [stack.stdout, stack.stderr]) stream.on('data', (text) => (output += text));
      const said = (what: RegExp) =>
        until(`it says ${what}`, () => what.exec(output)?.[1] ?? failed(), DEADLINE);
      const failed = () => {
        if (stack.exitCode !== null) throw new Error(output);
        return null;
      };

      const gateway = await said(/stack: gateway: (\S+)/);
      const prometheus = await said(/stack: Prometheus: (http\S+)/);
      expect(output).toMatch(/stack: Redis Cluster: (127\.0\.0\.1:\d+ ?){3}\n/);
      expect(output).toContain('stack: Grafana, Jaeger, Redis Commander: only in the compose stack');

      const call = () =>
        send(`${gateway}/v1/chat/completions`, {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] }),
        });
      await until('the gateway answers', async () => (await call()).status === 200, DEADLINE);
      const expression = encodeURIComponent('sum(up)');
      const up = async () => {
        const answer = await send(`${prometheus}/api/v1/query?query=${expression}`);
        return /"value":\[[\d.]+,"5"\]/.test(await answer.text());
      };
      await until('the gateway, Prometheus and three Redis are up', up, DEADLINE);

      const started = children(stack.pid ?? 0);
      expect(started.length).toBeGreaterThanOrEqual(6);
      stack.kill('SIGINT');
      await until('the stack ends', () => stack.exitCode === 0, DEADLINE);
      expect(started.filter(isAlive)).toEqual([]);
    });
  });
});
