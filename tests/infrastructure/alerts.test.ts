import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWithPrometheus, promtool } from '../support/prometheus-server.ts';
import { ALERT_CASES } from './alert-cases/all.ts';
import type { AlertCase } from './alert-cases/series.ts';

const PROMETHEUS = fileURLToPath(new URL('../../infrastructure/prometheus', import.meta.url));
const RULES = join(PROMETHEUS, 'alerts.yml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups } = parse(readFileSync(RULES, 'utf8')) as {
  groups: readonly { name: string; rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** Names, severities and durations are a contract. */
const CONTRACT: Readonly<Record<string, readonly [severity: string, after: string]>> = {
  LLMEdgeAgentDown: ['critical', '1m'],
  HighErrorRate: ['critical', '5m'],
  AllProvidersDown: ['critical', '2m'],
  HighLatency: ['warning', '5m'],
  LowCacheHitRate: ['warning', '15m'],
  HighMemoryUsage: ['warning', '10m'],
  CircuitBreakerOpen: ['warning', '2m'],
  RedisDown: ['warning', '1m'],
  HighCPUUsage: ['warning', '10m'],
  HighConnectionCount: ['warning', '5m'],
  HighDailyCost: ['warning', '1h'],
  CostSpike: ['info', '30m'],
};

describe('the alerts', () => {
  it('are in five groups', () => expect(groups).toHaveLength(5));

  it.each(Object.entries(CONTRACT))('%s is %j', (name, [severity, after]) => {
    const found = rules.filter(({ alert }) => alert === name);
    expect(found).toMatchObject([{ labels: { severity }, for: after }]);
  });

  it('have one name each', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('say what happened, and lead to a section of the runbook', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const sections = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, title]) => title);
    expect(sections.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    for (const { alert, annotations } of rules) {
      expect(annotations).toEqual({
        summary: expect.stringMatching(/\.$/),
        description: expect.stringMatching(/\.$/),
        runbook_url: `docs/runbook.md#${alert.toLowerCase()}`,
      });
    }
  });

  it('are each seen to fire and to keep still', () => {
    for (const { alert } of rules) {
      const counts = ALERT_CASES.filter((one) => one.alert === alert).map((one) => Object.values(one.firing));
      expect(
        counts.some((all) => all.some((count) => count > 0)),
        `${alert} fires`,
      ).toBe(true);
      expect(
        counts.some((all) => all.every((count) => count === 0)),
        `${alert} keeps still`,
      ).toBe(true);
    }
  });
});

describeWithPrometheus('promtool', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('accepts the configuration and the rules', async () => {
    expect(await promtool('check', 'config', join(PROMETHEUS, 'prometheus.yml'))).toContain(
      `${rules.length} rules found`,
    );
  });

  it.each(ALERT_CASES)('$alert: $title', async (one) => {
    const file = join(folder, 'case.test.yml');
    const only = rules.filter(({ alert }) => alert === one.alert);
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'one', rules: only }] }));
    writeFileSync(file, JSON.stringify(toPromtoolTest(one)));
    expect(await promtool('test', 'rules', file)).toContain('SUCCESS');
  });
});

/** JSON is YAML as well. */
function toPromtoolTest({ alert, series, firing, every = '15s' }: AlertCase): object {
  return {
    rule_files: ['rules.yml'],
    evaluation_interval: every,
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: Object.entries(firing).map(([time, count]) => ({
          expr: `count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0)`,
          eval_time: time,
          exp_samples: [{ labels: '{}', value: count }],
        })),
      },
    ],
  };
}
