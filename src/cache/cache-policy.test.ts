import { describe, expect, it } from 'vitest';
import type { CacheConfig } from '../config/config.ts';
import type { CacheMode } from '../domain/cache-policy.ts';
import type { RouteCache } from '../domain/plan.ts';
import { createPolicyOf } from './cache-policy.ts';

const CONFIG: CacheConfig = {
  mode: 'all',
  l1MaxEntries: 1,
  l1MaxBytes: 1,
  l1TtlSeconds: 300,
  enableL2: null,
  l2TtlSeconds: 3600,
  staleWhileRevalidateSeconds: 5,
  staleIfErrorSeconds: 60,
  replayPaceMs: 0,
  semanticMaxEntries: 1,
  semantic: { mode: 'shadow', model: 'm', threshold: 0.95, timeoutMs: 150 },
};

const SILENT: RouteCache = {
  mode: null,
  ttlSeconds: null,
  staleWhileRevalidateSeconds: null,
  staleIfErrorSeconds: null,
  keep: [],
  semantic: null,
};

const OWN = {
  mode: 'all',
  ttlMs: 300_000,
  staleWhileRevalidateMs: 5_000,
  staleIfErrorMs: 60_000,
  keep: [],
  semantic: 'shadow',
};

describe('how a call is cached', () => {
  const policyOf = createPolicyOf(CONFIG, false);

  it('is as the gateway says, where nobody else says anything', () => {
    expect(policyOf(null, null)).toEqual(OWN);
    expect(policyOf(SILENT, null)).toEqual(OWN);
  });

  it('takes the longer time where there is a second tier', () => {
    expect(createPolicyOf(CONFIG, true)(null, null).ttlMs).toBe(3_600_000);
  });

  it('is off for meaning where there is no model to compare with', () => {
    expect(createPolicyOf({ ...CONFIG, semantic: null }, false)(null, null).semantic).toBe('off');
  });

  it('is as its route says, in all that it says', () => {
    const route: RouteCache = {
      mode: 'deterministic',
      ttlSeconds: 10,
      staleWhileRevalidateSeconds: 0,
      staleIfErrorSeconds: 7,
      keep: ['truncated'],
      semantic: 'on',
    };
    expect(policyOf(route, null)).toEqual({
      mode: 'deterministic',
      ttlMs: 10_000,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 7_000,
      keep: ['truncated'],
      semantic: 'on',
    });
    expect(policyOf({ ...SILENT, keep: ['refused'] }, null)).toEqual({ ...OWN, keep: ['refused'] });
  });

  it.each<[gateway: CacheMode, route: CacheMode | null, key: CacheMode | null, mode: CacheMode]>([
    ['all', null, 'off', 'off'],
    ['off', null, 'all', 'all'],
    ['off', 'all', null, 'all'],
    ['all', 'off', 'all', 'off'],
    ['all', 'all', 'off', 'off'],
    ['off', 'deterministic', 'all', 'deterministic'],
    ['off', 'all', 'deterministic', 'deterministic'],
    ['off', 'all', 'all', 'all'],
  ])('with the gateway at %s, the route at %s and the key at %s is %s', (gateway, route, key, mode) => {
    const policy = createPolicyOf({ ...CONFIG, mode: gateway }, false)(
      route === null ? null : { ...SILENT, mode: route },
      key === null ? null : { mode: key },
    );
    expect(policy.mode).toBe(mode);
  });
});
