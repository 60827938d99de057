import { A, type AlertCase, B, UP } from './series.ts';

export const RESOURCES_CASES: readonly AlertCase[] = [
  {
    alert: 'HighMemoryUsage',
    title: 'above, on one of two',
    series: { ...UP, [`llm_edge_memory_bytes{${A}}`]: '3.6e9x60', [`llm_edge_memory_bytes{${B}}`]: '1e9x60' },
    firing: { '9m': 0, '11m': 1 },
  },
  {
    alert: 'HighMemoryUsage',
    title: 'below, on two that are above together',
    series: { ...UP, [`llm_edge_memory_bytes{${A}}`]: '3e9x60', [`llm_edge_memory_bytes{${B}}`]: '3e9x60' },
    firing: { '30m': 0 },
  },
  {
    alert: 'HighCPUUsage',
    title: 'nine tenths, with a dip',
    series: { ...UP, [`llm_edge_cpu_usage_percent{${A}}`]: '95x6 75 95x30' },
    firing: { '9m': 0, '11m': 1 },
  },
  {
    alert: 'HighCPUUsage',
    title: 'three quarters, with a peak',
    series: { ...UP, [`llm_edge_cpu_usage_percent{${A}}`]: '75x6 100x4 75x30' },
    firing: { '9m': 0, '11m': 0, '20m': 0 },
  },
  {
    alert: 'HighConnectionCount',
    title: 'above, on one of two',
    series: {
      ...UP,
      [`llm_edge_active_connections{${A}}`]: '950x30',
      [`llm_edge_active_connections{${B}}`]: '10x30',
    },
    firing: { '4m': 0, '6m': 1 },
  },
  {
    alert: 'HighConnectionCount',
    title: 'at the bound',
    series: { ...UP, [`llm_edge_active_connections{${A}}`]: '900x30' },
    firing: { '20m': 0 },
  },
];
