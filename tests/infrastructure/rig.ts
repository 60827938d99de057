import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parse } from 'yaml';
import { type Listening, listen } from '../support/ports.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../infrastructure/prometheus/${name}`, import.meta.url), 'utf8');

interface StaticConfig {
  readonly targets: readonly string[];
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly static_configs: readonly StaticConfig[];
  readonly relabel_configs?: readonly { readonly replacement?: string }[];
}

interface PrometheusConfig {
  readonly global: object;
  readonly scrape_configs: readonly ScrapeConfig[];
}

/** The project's prometheus.yml, with other addresses in place of the services' names, at one scrape a second. */
export function scrapeConfig(addresses: Readonly<Record<string, string>>): string {
  const config = parse(read('prometheus.yml')) as PrometheusConfig;
  const at = (name: string) => addresses[name] ?? name;
  return JSON.stringify({
    ...config,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    scrape_configs: config.scrape_configs.map((job) => ({
      ...job,
      scrape_interval: '1s',
      scrape_timeout: '1s',
      static_configs: job.static_configs.map(({ targets }) => ({ targets: targets.map(at) })),
      ...(job.relabel_configs && {
        relabel_configs: job.relabel_configs.map((rule) =>
          rule.replacement === undefined ? rule : { ...rule, replacement: at(rule.replacement) },
        ),
      }),
    })),
  });
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

/** Hours of the alert that compares them, as seconds. */
const SHORTER: readonly (readonly [string, string])[] = [
  ['[24h:15m] offset 1h', '[30s:1s] offset 12s'],
  ['[15m]', '[3s]'],
  ['[1h] offset 1d', '[12s] offset 1d'],
  ['[1h]', '[12s]'],
];

/** The project's alerts.yml, where three seconds do in place of minutes and hours. */
export function quickRules(): string {
  const { groups } = parse(read('alerts.yml')) as Rules;
  return JSON.stringify({
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        for: '3s',
        expr: rule.alert === 'CostSpike' ? SHORTER.reduce(shorten, rule.expr) : rule.expr,
      })),
    })),
  });
}

function shorten(expr: string, [from, to]: readonly [string, string]): string {
  return expr.replaceAll(from, to);
}

/** Something to scrape, in the place of what the test does not run. */
export function startStub(): Promise<Listening> {
  return listen(createServer((_, response) => void response.end('stub_up 1\n')));
}
