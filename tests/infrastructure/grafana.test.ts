import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROCESS_METRICS } from '../../adapters/node/metrics/process.ts';
import { DASHBOARDS, dashboardText } from '../../scripts/dashboards/all.ts';
import { METRICS } from '../../src/account/instruments.ts';
import { CONTRACT } from './contract.ts';
import { panelQueries } from './panel-queries.ts';

const GRAFANA = fileURLToPath(new URL('../../infrastructure/grafana', import.meta.url));
const read = (file: string) => readFileSync(`${GRAFANA}/${file}`, 'utf8');

interface Datasource {
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly isDefault?: boolean;
}

const datasources = readdirSync(`${GRAFANA}/datasources`).flatMap(
  (file) => (parse(read(`datasources/${file}`)) as { datasources: readonly Datasource[] }).datasources,
);

describe('the provisioning of Grafana', () => {
  it('has Prometheus, by default, and Jaeger', () => {
    expect(datasources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }),
        expect.objectContaining({ type: 'jaeger', url: 'http://jaeger:16686' }),
      ]),
    );
  });

  it('reads the dashboards every ten seconds, and lets them be changed', () => {
    expect(parse(read('dashboards/dashboards.yml'))).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', updateIntervalSeconds: 10, allowUiUpdates: true }],
    });
  });
});

describe('the dashboards', () => {
  it('are what their code makes: npx node scripts/dashboards.ts', () => {
    const files = readdirSync(`${GRAFANA}/dashboards`).filter((file) => file.endsWith('.json'));
    expect(files.toSorted()).toEqual(Object.keys(DASHBOARDS).toSorted());
    for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
      expect(read(`dashboards/${file}`) === dashboardText(dashboard), file).toBe(true);
    }
  });

  it('have the five titles', () => {
    expect(Object.values(DASHBOARDS).map(({ title }) => title)).toEqual([
      'Request Overview',
      'Cache Performance',
      'Cost Analytics',
      'System Health',
      'Provider Metrics',
    ]);
  });

  it.each(Object.entries(DASHBOARDS))('%s names provisioned datasources only', (file) => {
    const uids = new Set([...read(`dashboards/${file}`).matchAll(/"uid": "([^"]+)"/g)].map(([, uid]) => uid));
    uids.delete(DASHBOARDS[file]?.uid);
    expect([...uids].filter((uid) => !datasources.some((one) => one.uid === uid))).toEqual([]);
    expect(uids.size).toBeGreaterThan(0);
  });

  it.each(Object.entries(DASHBOARDS))(
    '%s explains each panel, and draws each at a place of its own',
    (_, { panels = [] }) => {
      const taken = new Set<string>();
      for (const { type, title, gridPos, ...panel } of panels) {
        const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
        expect(x + w).toBeLessThanOrEqual(24);
        for (let i = x; i < x + w; i += 1) {
          for (let j = y; j < y + h; j += 1) {
            expect(taken.has(`${i} ${j}`), `${title} lies on another panel`).toBe(false);
            taken.add(`${i} ${j}`);
          }
        }
        if (type === 'row') continue;
        expect('description' in panel && panel.description, title).toMatch(/\.$/);
      }
    },
  );

  it.each(Object.entries(DASHBOARDS))(
    '%s declares the variables it uses, and no other',
    (file, dashboard) => {
      const exprs = panelQueries(dashboard).map(({ expr }) => expr);
      const used = new Set(
        exprs.flatMap((expr) => [...expr.matchAll(/\$([a-z]+)/g)].map(([, name]) => name)),
      );
      const declared = dashboard.templating?.list?.map(({ name }) => name) ?? [];
      expect(declared.toSorted(), file).toEqual([...used].toSorted());
    },
  );

  it('ask for metrics that exist', () => {
    const names = new Set(
      [...Object.values(METRICS), ...Object.values(PROCESS_METRICS)].map(({ name }) => name),
    );
    const asked = Object.values(DASHBOARDS).flatMap((dashboard) =>
      panelQueries(dashboard).flatMap(({ expr }) => expr.match(/llm_edge_\w+/g) ?? []),
    );
    expect(asked.filter((name) => !names.has(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  it('show every metric of the contract', () => {
    const text = Object.keys(DASHBOARDS)
      .map((file) => read(`dashboards/${file}`))
      .join();
    expect(Object.keys(CONTRACT).filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('the metrics', () => {
  it('have the labels of the contract', () => {
    const instruments = [...Object.values(METRICS), ...Object.values(PROCESS_METRICS)];
    const labels = Object.fromEntries(instruments.map((one) => [one.name, one.labels]));
    expect(labels).toMatchObject(CONTRACT);
  });
});
