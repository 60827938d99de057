import { board } from './board.ts';
import { bars, series, stat } from './panels.ts';
import { INSTANCE, MODEL, orZero, PROVIDER, quantile, quantiles, rate, sum, top } from './promql.ts';

const REQUESTS = 'llm_edge_requests_total';
const FAILED = `${MODEL}, status=~"5.."`;
const WHOLE = `${PROVIDER}, stream="false"`;

export const requestOverview = board({
  uid: 'llm-edge-requests',
  title: 'Request Overview',
  description: 'How many ask, how long they wait, and how many are let down.',
  variables: ['instance', 'provider', 'model'],
  sections: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Requests',
          description: 'Requests per second that were finished, whatever their answer.',
          unit: 'reqps',
          queries: [{ expr: sum(rate(REQUESTS, MODEL)), legend: 'requests' }],
        }),
        stat({
          title: 'Failed',
          description: 'Share of requests answered with a 5xx. More than 1% for five minutes is an alert.',
          unit: 'percentunit',
          steps: ['green', [0.005, 'orange'], [0.01, 'red']],
          queries: [
            {
              expr: `(${orZero(sum(rate(REQUESTS, FAILED)))}) / ${sum(rate(REQUESTS, MODEL))}`,
              legend: 'failed',
            },
          ],
        }),
        stat({
          title: 'Whole answers, p95',
          description:
            'Time in which 95% of answers that are no streams were complete. Above 2 s for five minutes is an alert.',
          unit: 's',
          steps: ['green', [1, 'orange'], [2, 'red']],
          queries: [{ expr: quantile(0.95, 'llm_edge_request_duration_seconds', WHOLE), legend: 'p95' }],
        }),
        stat({
          title: 'First token, p95',
          description: 'Time in which 95% of streams began. Above 2 s for five minutes is an alert.',
          unit: 's',
          steps: ['green', [1, 'orange'], [2, 'red']],
          queries: [{ expr: quantile(0.95, 'llm_edge_time_to_first_token_seconds', MODEL), legend: 'p95' }],
        }),
        stat({
          title: 'From the cache',
          description: 'Share of looked-up calls that the cache answered, all providers together.',
          unit: 'percentunit',
          steps: ['red', [0.3, 'orange'], [0.6, 'green']],
          queries: [
            {
              expr: `${sum(rate('llm_edge_cache_hits_total'))} / (${sum(rate('llm_edge_cache_hits_total'))} + ${sum(rate('llm_edge_cache_misses_total'))})`,
              legend: 'hit rate',
            },
          ],
        }),
        stat({
          title: 'Under way',
          description: 'Requests that have begun and whose answers are not complete, streams included.',
          unit: 'short',
          queries: [{ expr: sum(`llm_edge_active_requests{${INSTANCE}}`), legend: 'requests' }],
        }),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        series({
          title: 'Requests by status',
          description: 'HTTP status as the client saw it; 499 left before there was an answer.',
          unit: 'reqps',
          stacked: true,
          queries: [{ expr: sum(rate(REQUESTS, MODEL), 'status'), legend: '{{status}}' }],
        }),
        series({
          title: 'Requests by endpoint',
          description: 'Which of the dialects and routes are asked. "unknown" are paths that do not exist.',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: sum(rate(REQUESTS, MODEL), 'endpoint, stream'),
              legend: '{{endpoint}} stream={{stream}}',
            },
          ],
        }),
        bars({
          title: 'Models asked most',
          description:
            'Requests per second by provider and model, the ten most asked. Names that are not known are one: other.',
          unit: 'reqps',
          queries: [
            {
              expr: top(10, sum(rate(REQUESTS, MODEL), 'provider, model')),
              legend: '{{provider}}/{{model}}',
            },
          ],
        }),
        series({
          title: 'Refused, gone and redacted',
          description:
            'Requests refused by a limit, clients that left before their answer was complete, and personal data found in calls.',
          unit: 'reqps',
          queries: [
            { expr: orZero(sum(rate('llm_edge_rate_limited_total'), 'limit')), legend: 'limit {{limit}}' },
            {
              expr: orZero(sum(rate('llm_edge_client_disconnects_total'), 'phase')),
              legend: 'left {{phase}}',
            },
            { expr: orZero(sum(rate('llm_edge_redactions_total'), 'kind')), legend: 'redacted {{kind}}' },
          ],
        }),
      ],
    },
    {
      title: 'Waiting',
      panels: [
        series({
          title: 'Whole answers',
          description: 'From the request to the end of its answer, where that is no stream.',
          unit: 's',
          steps: ['transparent', [2, 'red']],
          queries: quantiles('llm_edge_request_duration_seconds', WHOLE),
        }),
        series({
          title: 'First token',
          description: 'From the request to the first byte of a stream.',
          unit: 's',
          steps: ['transparent', [2, 'red']],
          queries: quantiles('llm_edge_time_to_first_token_seconds', MODEL),
        }),
        series({
          title: 'Streams, to their end',
          description: 'From the request to the last byte of a stream; long answers take long.',
          unit: 's',
          queries: quantiles('llm_edge_request_duration_seconds', `${PROVIDER}, stream="true"`),
        }),
        series({
          title: 'What the gateway adds',
          description: "The gateway's own time before the provider is called. A millisecond is much.",
          unit: 's',
          steps: ['transparent', [0.05, 'red']],
          queries: quantiles('llm_edge_overhead_seconds'),
        }),
      ],
    },
  ],
});
