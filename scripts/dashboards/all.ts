import type { Dashboard } from '@grafana/schema';
import { cachePerformance } from './cache-performance.ts';
import { costAnalytics } from './cost-analytics.ts';
import { providerMetrics } from './provider-metrics.ts';
import { requestOverview } from './request-overview.ts';
import { systemHealth } from './system-health.ts';

export const DASHBOARD_FOLDER = 'infrastructure/grafana/dashboards';

/** The dashboards by the names of their files. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'request-overview.json': requestOverview,
  'cache-performance.json': cachePerformance,
  'cost-analytics.json': costAnalytics,
  'system-health.json': systemHealth,
  'provider-metrics.json': providerMetrics,
};

export function dashboardText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
