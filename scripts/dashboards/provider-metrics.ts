import { board } from './board.ts';
import { bars, series, stat, states } from './panels.ts';
import { increase, MODEL, orZero, PROVIDER, quantile, rate, sum, top } from './promql.ts';

const ATTEMPTS = 'llm_edge_upstream_attempts_total';
/** Clients that left, and calls that were wrong by themselves, are not the provider's doing. */
const FAILED = `${MODEL}, outcome!~"ok|client_closed|cancelled|caller|context_too_long|content_filter|upstream_4(0[045]|13|22)"`;
const TOKENS = 'llm_edge_tokens_total';

export const providerMetrics = board({
  uid: 'llm-edge-providers',
  title: 'Provider Metrics',
  description: 'How each provider does: latency, errors, retries, circuit breakers.',
  variables: ['instance', 'provider', 'model'],
  sections: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Calls of providers',
          description: 'Per second, retries and fallbacks included.',
          unit: 'reqps',
          queries: [{ expr: sum(rate(ATTEMPTS, MODEL)), legend: 'calls' }],
        }),
        stat({
          title: 'Failed',
          description:
            'Share of those calls that gave no answer. Clients see only what no retry and no other target mended.',
          unit: 'percentunit',
          steps: ['green', [0.05, 'orange'], [0.2, 'red']],
          queries: [
            {
              expr: `(${orZero(sum(rate(ATTEMPTS, FAILED)))}) / ${sum(rate(ATTEMPTS, MODEL))}`,
              legend: 'failed',
            },
          ],
        }),
        stat({
          title: 'Retries',
          description: 'Calls made once more, in the chosen time.',
          unit: 'short',
          queries: [{ expr: orZero(sum(increase('llm_edge_retries_total', PROVIDER))), legend: 'retries' }],
        }),
        stat({
          title: 'Fallbacks',
          description: 'Calls that went to another target, in the chosen time.',
          unit: 'short',
          queries: [
            {
              expr: orZero('sum(increase(llm_edge_fallbacks_total{instance=~"$instance"}[$__range]))'),
              legend: 'fallbacks',
            },
          ],
        }),
        stat({
          title: 'Output',
          description: 'Tokens generated per second, all calls together.',
          unit: 'short',
          queries: [{ expr: sum(rate(TOKENS, `${MODEL}, type="output"`)), legend: 'tokens/s' }],
        }),
        stat({
          title: 'Healthy',
          description: 'Providers that may be called, seen from the instance that sees fewest.',
          unit: 'short',
          steps: ['red', [1, 'green']],
          queries: [
            { expr: `min(sum by (instance) (llm_edge_provider_health{${PROVIDER}}))`, legend: 'healthy' },
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        series({
          title: 'Answers, p95',
          description: 'From the call of a provider to the end of its answer, streams included.',
          unit: 's',
          queries: [
            {
              expr: quantile(0.95, 'llm_edge_upstream_duration_seconds', PROVIDER, 'provider'),
              legend: '{{provider}}',
            },
          ],
        }),
        series({
          title: 'First token, p95',
          description: 'From the request to the first byte of a stream.',
          unit: 's',
          steps: ['transparent', [2, 'red']],
          queries: [
            {
              expr: quantile(0.95, 'llm_edge_time_to_first_token_seconds', MODEL, 'provider, model'),
              legend: '{{provider}}/{{model}}',
            },
          ],
        }),
        series({
          title: 'Between tokens, p50',
          description: 'Time for each further token of a stream: the speed at which it is read.',
          unit: 's',
          queries: [
            {
              expr: quantile(0.5, 'llm_edge_inter_token_seconds', PROVIDER, 'provider'),
              legend: '{{provider}}',
            },
          ],
        }),
        bars({
          title: 'Tokens generated',
          description: 'Output tokens per second by model, the ten most.',
          unit: 'short',
          queries: [
            {
              expr: top(10, sum(rate(TOKENS, `${MODEL}, type="output"`), 'provider, model')),
              legend: '{{provider}}/{{model}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Errors',
      panels: [
        series({
          title: 'Calls by outcome',
          description: 'ok, or why there was no answer.',
          unit: 'reqps',
          stacked: true,
          queries: [
            { expr: sum(rate(ATTEMPTS, MODEL), 'provider, outcome'), legend: '{{provider}} {{outcome}}' },
          ],
        }),
        series({
          title: 'Failed by provider',
          description:
            'Share of the calls of each provider that gave no answer. More than 20% for ten minutes is an alert.',
          unit: 'percentunit',
          steps: ['transparent', [0.2, 'red']],
          queries: [
            {
              expr: orZero(
                `${sum(rate(ATTEMPTS, FAILED), 'provider')} / ${sum(rate(ATTEMPTS, MODEL), 'provider')}`,
              ),
              legend: '{{provider}}',
            },
          ],
        }),
        series({
          title: 'Retries and fallbacks',
          description: 'What went wrong before, and where the call went then.',
          unit: 'reqps',
          queries: [
            {
              expr: orZero(sum(rate('llm_edge_retries_total', PROVIDER), 'provider, reason')),
              legend: 'retry {{provider}} {{reason}}',
            },
            {
              expr: orZero(sum(rate('llm_edge_fallbacks_total'), 'from, to, reason')),
              legend: '{{from}} to {{to}} {{reason}}',
            },
          ],
        }),
        states({
          title: 'Circuit breakers',
          description: 'Open: not called. Half open: one call finds out. Open for two minutes is an alert.',
          unit: 'none',
          texts: {
            0: { text: 'closed', color: 'green' },
            1: { text: 'half open', color: 'orange' },
            2: { text: 'open', color: 'red' },
          },
          queries: [
            {
              // One line for each provider: the worst of its states anywhere.
              expr: `max by (provider) (llm_edge_circuit_breaker_state{${PROVIDER}, state="open"} * 2 or llm_edge_circuit_breaker_state{${PROVIDER}, state="half_open"})`,
              legend: '{{provider}}',
            },
          ],
        }),
      ],
    },
  ],
});
