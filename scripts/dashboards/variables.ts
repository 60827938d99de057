import { type VariableModel, VariableRefresh, VariableSort } from '@grafana/schema';
import { PROMETHEUS } from './panels.ts';

/** What can be chosen at the top of a dashboard. All is `.*`, so that series without the label stay in. */
export const VARIABLES = {
  instance: labelVariable('instance', 'llm_edge_build_info'),
  provider: labelVariable('provider', 'llm_edge_upstream_attempts_total'),
  model: labelVariable('model', 'llm_edge_upstream_attempts_total{provider=~"$provider"}'),
  tenant: labelVariable('tenant', 'llm_edge_tenant_requests_total'),
} as const;

export type VariableName = keyof typeof VARIABLES;

function labelVariable(name: string, metric: string): VariableModel {
  return {
    name,
    label: name[0]?.toUpperCase() + name.slice(1),
    type: 'query',
    datasource: PROMETHEUS,
    query: { query: `label_values(${metric}, ${name})`, refId: name },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}
