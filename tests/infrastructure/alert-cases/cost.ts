import { A, type AlertCase, cost, UP } from './series.ts';

export const COST_CASES: readonly AlertCase[] = [
  {
    alert: 'HighDailyCost',
    title: 'ninety dollars of one model and thirty of another',
    series: { ...UP, [cost('a')]: '0+0.5x180 90.1x300', [cost('b')]: '0+0.2x150 30.1x300' },
    every: '5m',
    firing: { '2h': 0, '4h': 1 },
  },
  {
    alert: 'HighDailyCost',
    title: 'a hundred dollars of fractions, over two days',
    series: { ...UP, [cost('a')]: '0+0.03x2880' },
    every: '5m',
    firing: { '30h': 0, '47h': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'twice as much as in the hours before',
    series: { ...UP, [cost('a')]: '0+0.05x300 15.1+0.1x180' },
    every: '5m',
    firing: { '5h': 0, '6h15m': 1 },
  },
  {
    alert: 'CostSpike',
    title: 'a fifth more',
    series: { ...UP, [cost('a')]: '0+0.05x300 15.1+0.06x180' },
    every: '5m',
    firing: { '6h15m': 0, '7h': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'as much as every day at this hour',
    series: { ...UP, [cost('a')]: '0+0.05x600 30.2+0.2x180 66.3+0.05x1260 129.5+0.2x180' },
    every: '5m',
    firing: { '10h45m': 1, '35h15m': 0, '36h': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'from cents to a few more',
    series: { ...UP, [cost('a')]: '0+0.0005x300 0.152+0.002x180' },
    every: '5m',
    firing: { '6h15m': 0 },
  },
  {
    alert: 'CostSpike',
    title: 'from the first hour on',
    series: { ...UP, [cost('a')]: '0+0.2x240' },
    every: '5m',
    firing: { '1h': 0, '2h': 0, '4h': 0 },
  },
  {
    alert: 'BudgetNearlySpent',
    title: 'one of two keys, while it calls',
    series: {
      ...UP,
      [`llm_edge_budget_used_ratio{${A}, tenant="shop", scope="key"}`]: '0.2 0.95 0.2 0.95x30',
      [`llm_edge_tenant_requests_total{${A}, tenant="shop"}`]: '0+5x40',
    },
    firing: { '1m': 0, '4m': 1 },
  },
  {
    alert: 'BudgetNearlySpent',
    title: 'long ago, by a tenant that calls no more',
    series: {
      ...UP,
      [`llm_edge_budget_used_ratio{${A}, tenant="shop", scope="key"}`]: '0.95x60',
      [`llm_edge_tenant_requests_total{${A}, tenant="shop"}`]: '7x60',
      [`llm_edge_tenant_requests_total{${A}, tenant="search"}`]: '0+5x60',
    },
    firing: { '10m': 0, '30m': 0 },
  },
  {
    alert: 'BudgetNearlySpent',
    title: 'half',
    series: {
      ...UP,
      [`llm_edge_budget_used_ratio{${A}, tenant="shop", scope="key"}`]: '0.5x60',
      [`llm_edge_tenant_requests_total{${A}, tenant="shop"}`]: '0+5x60',
    },
    firing: { '30m': 0 },
  },
  {
    alert: 'UnpricedRequests',
    title: 'calls without a price',
    series: { ...UP, [`llm_edge_unpriced_requests_total{${A}, provider="local", model="other"}`]: '0+1x60' },
    firing: { '10m': 0, '20m': 1 },
  },
  {
    alert: 'UnpricedRequests',
    title: 'one that was long ago',
    series: { ...UP, [`llm_edge_unpriced_requests_total{${A}, provider="local", model="other"}`]: '1x300' },
    every: '1m',
    firing: { '3h': 0 },
  },
];
