/** Pieces of PromQL that every dashboard is made of. Label matchers are text: `provider=~"$provider"`. */

export const INSTANCE = 'instance=~"$instance"';
export const PROVIDER = `${INSTANCE}, provider=~"$provider"`;
export const MODEL = `${PROVIDER}, model=~"$model"`;

export const rate = (metric: string, matchers = INSTANCE): string =>
  `rate(${metric}{${matchers}}[$__rate_interval])`;

export const increase = (metric: string, matchers: string, range = '$__range'): string =>
  `increase(${metric}{${matchers}}[${range}])`;

export const sum = (vector: string, by = ''): string =>
  by === '' ? `sum(${vector})` : `sum by (${by}) (${vector})`;

/** Where no series is as good as 0: a counter of what has not happened yet. */
export const orZero = (vector: string): string => `${vector} or vector(0)`;

export const top = (count: number, vector: string): string => `topk(${count}, ${vector})`;

/** A quantile over all chosen instances. `by`: labels to keep apart. */
export const quantile = (q: number, histogram: string, matchers = INSTANCE, by = ''): string =>
  `histogram_quantile(${q}, ${sum(rate(`${histogram}_bucket`, matchers), by === '' ? 'le' : `le, ${by}`)})`;

/** The usual three of a histogram. */
export const quantiles = (histogram: string, matchers = INSTANCE) =>
  [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, histogram, matchers), legend: `p${q * 100}` }));
