import { board } from './board.ts';
import { bars, series, stat } from './panels.ts';
import { INSTANCE, increase, MODEL, orZero, rate, sum, top } from './promql.ts';

const COST = 'llm_edge_cost_usd_total';
const SAVED = 'llm_edge_cost_saved_usd_total';
const TENANT = `${INSTANCE}, tenant=~"$tenant"`;

export const costAnalytics = board({
  uid: 'llm-edge-cost',
  title: 'Cost Analytics',
  description:
    'What is spent, by whom and on what, and what the cache saves. The ledger (/admin/usage) has the exact sums.',
  variables: ['instance', 'provider', 'model', 'tenant'],
  sections: [
    {
      title: 'Sums',
      panels: [
        stat({
          title: 'Last 24 hours',
          description: 'Spent on providers. More than $100 for an hour is an alert.',
          unit: 'currencyUSD',
          steps: ['green', [80, 'orange'], [100, 'red']],
          queries: [{ expr: sum(increase(COST, MODEL, '24h')), legend: 'cost' }],
        }),
        stat({
          title: 'In the chosen time',
          description: 'Spent on providers within the time that is chosen above.',
          unit: 'currencyUSD',
          queries: [{ expr: sum(increase(COST, MODEL)), legend: 'cost' }],
        }),
        stat({
          title: 'A month at this rate',
          description: 'The last hour, 730 times.',
          unit: 'currencyUSD',
          queries: [{ expr: `730 * ${sum(increase(COST, MODEL, '1h'))}`, legend: 'cost' }],
        }),
        stat({
          title: 'Saved',
          description: 'What hits of the cache would have cost within the chosen time.',
          unit: 'currencyUSD',
          steps: ['green'],
          queries: [{ expr: orZero(sum(increase(SAVED, MODEL))), legend: 'saved' }],
        }),
        stat({
          title: 'Per thousand calls',
          description: 'Cost of a thousand calls of providers, on the average of the chosen time.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: `1000 * ${sum(increase(COST, MODEL))} / ${sum(increase('llm_edge_upstream_attempts_total', MODEL))}`,
              legend: 'cost',
            },
          ],
        }),
        stat({
          title: 'Without a price',
          description: 'Calls whose cost is not known, so that it is in no sum. Give their models a price.',
          unit: 'short',
          steps: ['green', [1, 'orange']],
          queries: [
            { expr: orZero(sum(increase('llm_edge_unpriced_requests_total', MODEL))), legend: 'calls' },
          ],
        }),
      ],
    },
    {
      title: 'What it is spent on',
      panels: [
        series({
          title: 'Cost by provider',
          description: 'US dollars per hour.',
          unit: 'currencyUSD',
          stacked: true,
          queries: [{ expr: `3600 * ${sum(rate(COST, MODEL), 'provider')}`, legend: '{{provider}}' }],
        }),
        bars({
          title: 'Dearest models',
          description: 'The ten on which most was spent within the chosen time.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: top(10, sum(increase(COST, MODEL), 'provider, model')),
              legend: '{{provider}}/{{model}}',
            },
          ],
        }),
        series({
          title: 'This hour and the same of yesterday',
          description:
            'US dollars of the hour before each point. Half as much again as the average is an alert.',
          unit: 'currencyUSD',
          queries: [
            { expr: sum(increase(COST, MODEL, '1h')), legend: 'this hour' },
            { expr: orZero(sum(`increase(${COST}{${MODEL}}[1h] offset 1d)`)), legend: 'yesterday' },
          ],
        }),
        series({
          title: 'Spent and saved',
          description: 'US dollars per hour, and what they would be without the cache.',
          unit: 'currencyUSD',
          stacked: true,
          queries: [
            { expr: `3600 * ${sum(rate(COST, MODEL))}`, legend: 'spent' },
            { expr: orZero(`3600 * ${sum(rate(SAVED, MODEL))}`), legend: 'saved' },
          ],
        }),
      ],
    },
    {
      title: 'Tokens',
      panels: [
        series({
          title: 'Tokens by kind',
          description: 'Per second. cache_read costs a fraction of input; reasoning is a part of output.',
          unit: 'short',
          queries: [{ expr: sum(rate('llm_edge_tokens_total', MODEL), 'type'), legend: '{{type}}' }],
        }),
        series({
          title: 'Cost of a million tokens',
          description: 'Input and output together, by provider, on the average of each interval.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: `1e6 * ${sum(rate(COST, MODEL), 'provider')} / ${sum(rate('llm_edge_tokens_total', `${MODEL}, type!="reasoning"`), 'provider')}`,
              legend: '{{provider}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Who spends it',
      panels: [
        series({
          title: 'Cost by tenant',
          description:
            'US dollars per hour, of the tenants that the configuration names; all others are one: other.',
          unit: 'currencyUSD',
          stacked: true,
          queries: [
            {
              expr: `3600 * ${sum(rate('llm_edge_tenant_cost_usd_total', TENANT), 'tenant')}`,
              legend: '{{tenant}}',
            },
          ],
        }),
        series({
          title: 'Budgets',
          description:
            'Share that is spent of the fullest budget of each tenant and scope. Above 90% is an alert.',
          unit: 'percentunit',
          steps: ['transparent', [0.9, 'red']],
          queries: [
            {
              expr: orZero(
                `max by (tenant, scope) (max_over_time(llm_edge_budget_used_ratio{${TENANT}}[15m]))`,
              ),
              legend: '{{tenant}} {{scope}}',
            },
          ],
        }),
        bars({
          title: 'Tenants that ask most',
          description: 'Requests within the chosen time.',
          unit: 'short',
          queries: [
            {
              expr: top(10, sum(increase('llm_edge_tenant_requests_total', TENANT), 'tenant')),
              legend: '{{tenant}}',
            },
          ],
        }),
      ],
    },
  ],
});
