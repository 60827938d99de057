import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DASHBOARDS } from '../../scripts/dashboards/all.ts';
import { type NodeGateway, startNode } from '../runtime-node/node-gateway.ts';
import { type Listening, unusedPort } from '../support/ports.ts';
import {
  describeWithPrometheus,
  type Exporter,
  type PrometheusServer,
  startPrometheus,
  startRedisExporter,
} from '../support/prometheus-server.ts';
import { describeWithRedis, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/wait.ts';
import { interpolate, panelQueries } from './panel-queries.ts';
import { quickRules, scrapeConfig, startStub } from './rig.ts';
import { ask, askMany, fresh, KEYS, startTraffic } from './traffic.ts';

/** For what takes seconds on a machine with nothing else to do. */
const DEADLINE = { deadlineMs: 60_000, everyMs: 500 };

/** A machine that runs other tests beside this one is short of CPU, and these say so. */
const OF_THE_MACHINE = new Set(['HighCPUUsage', 'HighOverhead']);

/** Shown once calls go through the circuit breakers: until then nothing is asked of them. */
const OF_BREAKERS = /llm_edge_(provider_health|circuit_breaker_state)/;
const hasBreakers = async (gateway: NodeGateway) =>
  (await gateway.samples()).some(({ name }) => OF_BREAKERS.test(name));

/** A model that is dear enough to spend a hundred dollars with it, and a key that may spend one. */
const CONFIG = `
prices:
  sandbox/lorem: { input: 1000, output: 1000000 }
keys:
  - { name: thrifty, key: ${KEYS.thrifty}, budgets: [{ usd: 1, period: day }] }
`;

const metricsAddress = (gateway: NodeGateway) =>
  /metrics on http:\/\/(\S+)\/metrics/.exec(gateway.logs())?.[1] ?? '';

describeWithPrometheus('a Prometheus that scrapes the gateway', () => {
  describeWithRedis('and its Redis Cluster', () => {
    const folder = mkdtempSync(join(tmpdir(), 'live-'));
    const config = join(folder, 'gateway.yaml');
    let cluster: RedisCluster;
    let exporter: Exporter;
    let jaeger: Listening;
    let gateway: NodeGateway;
    let prometheus: PrometheusServer;

    beforeAll(async () => {
      [cluster, exporter, jaeger] = await Promise.all([
        startRedisCluster(),
        startRedisExporter(),
        startStub(),
      ]);
      const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`);
      writeFileSync(config, CONFIG);
      gateway = await startNode({
        WORKERS: '2',
        CACHE_MODE: 'all',
        LLM_EDGE_CONFIG: config,
        REDIS_CLUSTER_NODES: nodes.join(','),
        GATEWAY_API_KEYS: `shop:${KEYS.shop},search:${KEYS.search}`,
        LOG_LEVEL: 'error',
      });
      const redis = Object.fromEntries(nodes.map((node, i) => [`redis-${i + 1}:6379`, node]));
      prometheus = await startPrometheus((own) => ({
        'prometheus.yml': scrapeConfig({
          'llm-edge-agent:9090': metricsAddress(gateway),
          'localhost:9090': own,
          'redis-exporter:9121': exporter.address,
          'jaeger:8888': `127.0.0.1:${jaeger.port}`,
          ...redis,
        }),
        'alerts.yml': quickRules(),
      }));
    }, 120_000);

    afterAll(async () => {
      await Promise.all([prometheus?.close(), gateway?.close(), exporter?.close(), jaeger?.close()]);
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const untilFiring = (alert: string, since: () => Promise<unknown> = async () => {}) =>
      until(
        `${alert} fires`,
        async () => {
          await since();
          return (await prometheus.firing()).has(alert);
        },
        DEADLINE,
      );

    it('finds an answer to every query of every dashboard, and nothing to be alarmed at', {
      timeout: 120_000,
    }, async () => {
      // An alert that nobody is there would be true until the first scrape.
      await until('every target is scraped', async () => (await jobsThatAnswer()).length === 6, DEADLINE);
      expect(await jobsThatAnswer()).toEqual([
        'jaeger',
        'llm-edge-agent',
        'prometheus',
        'redis',
        'redis',
        'redis',
      ]);
      await until(
        'no alert of the start fires any more',
        async () => (await prometheus.firing()).size === 0,
        DEADLINE,
      );
      const queries = Object.values(DASHBOARDS).flatMap(panelQueries);
      const traffic = startTraffic(gateway.url);
      const fired = new Set<string>();
      try {
        await until(
          'no query is without an answer',
          async () => {
            for (const alert of await prometheus.firing()) fired.add(alert);
            const open: string[] = [];
            const withBreakers = await hasBreakers(gateway);
            for (const { title, expr } of queries) {
              const found = await prometheus.query(interpolate(expr));
              const isAnswered = found.some(({ value }) => Number.isFinite(value));
              if (!isAnswered && (withBreakers || !OF_BREAKERS.test(expr))) open.push(`${title}: ${expr}`);
            }
            if (open.length > 0) throw new Error(open.join('\n'));
            return true;
          },
          DEADLINE,
        );
        const spent = 'llm_edge_budget_used_ratio{tenant="thrifty", scope="key"} > 0';
        expect(await prometheus.query(spent)).toHaveLength(1);
        // Long enough for whatever is pending to fire.
        await until('some evaluations have passed', evaluations(12), DEADLINE);
        for (const alert of await prometheus.firing()) fired.add(alert);
      } finally {
        await traffic.stop();
      }
      expect([...fired].filter((alert) => !OF_THE_MACHINE.has(alert))).toEqual([]);
    });

    async function jobsThatAnswer() {
      const ups = await prometheus.query('up == 1');
      return ups.map(({ metric }) => metric.job ?? '').toSorted();
    }

    /** Resolves once so many more rounds of the rules are over. */
    function evaluations(count: number): () => Promise<boolean> {
      let from: number | null = null;
      return async () => {
        const [found] = await prometheus.query('max(prometheus_rule_group_iterations_total)');
        from ??= found?.value ?? null;
        return from !== null && found !== undefined && found.value - from >= count;
      };
    }

    it('fires LowCacheHitRate for questions that nobody asked before', { timeout: 90_000 }, () =>
      untilFiring('LowCacheHitRate', () => askMany(40, gateway.url, () => ({ text: fresh() }))),
    );

    it('fires HighErrorRate for errors of a provider', { timeout: 90_000 }, () =>
      untilFiring('HighErrorRate', () => askMany(5, gateway.url, () => ({ model: 'sandbox/fail-500' }))),
    );

    it('fires HighLatency for slow answers', { timeout: 90_000 }, () =>
      untilFiring('HighLatency', () =>
        askMany(40, gateway.url, () => ({ model: 'sandbox/slow-2200-1', text: fresh() })),
      ),
    );

    it('fires HighDailyCost and CostSpike for a dear model', { timeout: 90_000 }, async () => {
      const spend = () => ask(gateway.url, { model: 'sandbox/lorem', text: fresh() });
      await untilFiring('HighDailyCost', spend);
      await untilFiring('CostSpike', spend);
    });

    it('fires HighConnectionCount for clients that never hang up', { timeout: 90_000 }, async () => {
      const { hostname, port } = new URL(gateway.url);
      const sockets: Socket[] = [];
      try {
        for (let i = 0; i < 910; i += 1) {
          const socket = connect(Number(port), hostname);
          sockets.push(socket);
          await once(socket, 'connect');
        }
        await untilFiring('HighConnectionCount');
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    });

    it('fires ConfigReloadFailed for a file that is wrong, and no more once it is mended', {
      timeout: 90_000,
    }, async () => {
      writeFileSync(config, 'prices: [');
      await untilFiring('ConfigReloadFailed');
      writeFileSync(config, CONFIG);
      const isOver = async () => !(await prometheus.firing()).has('ConfigReloadFailed');
      await until('ConfigReloadFailed is over', isOver, DEADLINE);
    });

    it('fires RedisDown for a node that is gone, and no more once it is back', {
      timeout: 90_000,
    }, async () => {
      cluster.kill(0);
      await untilFiring('RedisDown');
      await cluster.restart(0);
      await until('RedisDown is over', async () => !(await prometheus.firing()).has('RedisDown'), DEADLINE);
    });

    it('fires LLMEdgeAgentDown for a gateway that has ended', { timeout: 90_000 }, async () => {
      await gateway.close();
      await untilFiring('LLMEdgeAgentDown');
    });
  });

  it('fires CircuitBreakerOpen and AllProvidersDown while no provider can be reached', {
    timeout: 120_000,
  }, async ({ skip }) => {
    const gateway = await startNode({
      ENABLE_SANDBOX: 'false',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `http://127.0.0.1:${await unusedPort()}/v1`,
      GATEWAY_API_KEYS: `shop:${KEYS.shop}`,
      LOG_LEVEL: 'error',
    });
    const prometheus = await startPrometheus((own) => ({
      'prometheus.yml': scrapeConfig({
        'llm-edge-agent:9090': metricsAddress(gateway),
        'localhost:9090': own,
      }),
      'alerts.yml': quickRules(),
    }));
    try {
      await askMany(5, gateway.url, () => ({ model: 'gpt-4o-mini', text: fresh() }));
      skip(!(await hasBreakers(gateway)), 'calls do not go through the circuit breakers yet');
      const fired = new Set<string>();
      await until(
        'both fire',
        async () => {
          await askMany(5, gateway.url, () => ({ model: 'gpt-4o-mini', text: fresh() }));
          for (const alert of await prometheus.firing()) fired.add(alert);
          return fired.has('CircuitBreakerOpen') && fired.has('AllProvidersDown');
        },
        DEADLINE,
      );
    } finally {
      await Promise.all([gateway.close(), prometheus.close()]);
    }
  });
});
