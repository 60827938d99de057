import { A, type AlertCase, FIRST, histogram, STREAM, UP, WHOLE } from './series.ts';

export const PERFORMANCE_CASES: readonly AlertCase[] = [
  {
    alert: 'HighLatency',
    title: 'a tenth of the whole answers takes longer',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 80, 2: 90, 4: 100, '+Inf': 100 }),
    },
    firing: { '5m': 0, '7m': 1 },
  },
  {
    alert: 'HighLatency',
    title: 'a tenth of the first tokens does, while whole answers are fast',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 100, 2: 100, 4: 100, '+Inf': 100 }),
      ...histogram('llm_edge_time_to_first_token_seconds', FIRST, { 1: 80, 2: 90, 4: 100, '+Inf': 100 }),
    },
    firing: { '5m': 0, '7m': 1 },
  },
  {
    alert: 'HighLatency',
    title: 'streams are long, and begin at once',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', STREAM, { 1: 0, 2: 0, 4: 50, '+Inf': 100 }),
      ...histogram('llm_edge_time_to_first_token_seconds', FIRST, { 1: 100, 2: 100, 4: 100, '+Inf': 100 }),
    },
    firing: { '20m': 0 },
  },
  {
    alert: 'HighLatency',
    title: 'two slow calls a minute are not enough to tell',
    series: {
      ...UP,
      ...histogram('llm_edge_request_duration_seconds', WHOLE, { 1: 0, 2: 0, 4: 2, '+Inf': 2 }),
    },
    firing: { '20m': 0 },
  },
  {
    alert: 'HighOverhead',
    title: 'a fiftieth takes longer than 50 ms',
    series: {
      ...UP,
      ...histogram('llm_edge_overhead_seconds', `${A}, endpoint="chat"`, { 0.05: 98, 0.1: 100, '+Inf': 100 }),
    },
    firing: { '9m': 0, '12m': 1 },
  },
  {
    alert: 'HighOverhead',
    title: 'all take a millisecond',
    series: {
      ...UP,
      ...histogram('llm_edge_overhead_seconds', `${A}, endpoint="chat"`, {
        0.001: 100,
        0.05: 100,
        '+Inf': 100,
      }),
    },
    firing: { '20m': 0 },
  },
];
