import { AVAILABILITY_CASES } from './availability.ts';
import { CACHE_CASES } from './cache.ts';
import { COST_CASES } from './cost.ts';
import { PERFORMANCE_CASES } from './performance.ts';
import { RESOURCES_CASES } from './resources.ts';
import type { AlertCase } from './series.ts';

/** What makes each alert fire, and what must not. */
export const ALERT_CASES: readonly AlertCase[] = [
  ...AVAILABILITY_CASES,
  ...PERFORMANCE_CASES,
  ...CACHE_CASES,
  ...RESOURCES_CASES,
  ...COST_CASES,
];
