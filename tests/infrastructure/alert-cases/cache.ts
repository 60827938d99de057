import { A, type AlertCase, requests, UP } from './series.ts';

export const CACHE_CASES: readonly AlertCase[] = [
  {
    alert: 'LowCacheHitRate',
    title: 'half, over all tiers',
    series: {
      ...UP,
      [`llm_edge_cache_hits_total{${A}, tier="l1"}`]: '0+25x60',
      [`llm_edge_cache_hits_total{${A}, tier="l2"}`]: '0+25x60',
      [`llm_edge_cache_misses_total{${A}}`]: '0+50x60',
    },
    firing: { '14m': 0, '20m': 1 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'nothing was ever found',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0+50x60' },
    firing: { '20m': 1 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'seven of ten',
    series: {
      ...UP,
      [`llm_edge_cache_hits_total{${A}, tier="l1"}`]: '0+70x60',
      [`llm_edge_cache_misses_total{${A}}`]: '0+30x60',
    },
    firing: { '40m': 0 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'five calls a minute',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0+5x60' },
    firing: { '40m': 0 },
  },
  {
    alert: 'LowCacheHitRate',
    title: 'nothing is asked',
    series: { ...UP, [`llm_edge_cache_misses_total{${A}}`]: '0x60' },
    firing: { '40m': 0 },
  },
  {
    alert: 'RedisDown',
    title: 'a node',
    series: {
      ...UP,
      'up{job="redis", instance="redis-1:6379"}': '1x30',
      'redis_up{job="redis", instance="redis-1:6379"}': '1x3 0x20',
      'redis_up{job="redis", instance="redis-2:6379"}': '1x30',
    },
    firing: { '4m45s': 0, '5m30s': 1 },
  },
  {
    alert: 'RedisDown',
    title: 'the exporter, and with it what it told of each node',
    series: {
      ...UP,
      'up{job="redis", instance="redis-1:6379"}': '1 0x20',
      'up{job="redis", instance="redis-2:6379"}': '1 0x20',
    },
    firing: { '4m': 2 },
  },
  {
    alert: 'RedisDown',
    title: 'as the gateway sees it',
    series: { ...UP, [`llm_edge_redis_up{${A}}`]: '0x20' },
    firing: { '30s': 0, '2m': 1 },
  },
  {
    alert: 'RedisDown',
    title: 'all nodes answer',
    series: {
      ...UP,
      [`llm_edge_redis_up{${A}}`]: '1x20',
      'up{job="redis", instance="redis-1:6379"}': '1x20',
      'redis_up{job="redis", instance="redis-1:6379"}': '1x20',
    },
    firing: { '10m': 0 },
  },
  { alert: 'RedisDown', title: 'no Redis is used', series: UP, firing: { '10m': 0 } },
  {
    alert: 'SharedCacheFailing',
    title: 'every second call meets an error',
    series: {
      ...UP,
      [requests('200')]: '0+100x60',
      [`llm_edge_cache_errors_total{${A}, tier="l2", op="get"}`]: '0+50x60',
    },
    firing: { '4m': 0, '7m': 1 },
  },
  {
    alert: 'SharedCacheFailing',
    title: 'one call in fifty does',
    series: {
      ...UP,
      [requests('200')]: '0+1000x60',
      [`llm_edge_cache_errors_total{${A}, tier="l2", op="get"}`]: '0+20x60',
    },
    firing: { '20m': 0 },
  },
];
