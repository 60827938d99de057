import { createServer } from 'node:http';
import { listen } from './ports.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface Point {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly count?: string;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
}

interface Numbers {
  readonly dataPoints: readonly Point[];
  readonly aggregationTemporality: number;
}

export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: Numbers & { readonly isMonotonic: boolean };
  readonly histogram?: Numbers;
  readonly gauge?: Pick<Numbers, 'dataPoints'>;
}

export interface OtlpPush {
  readonly path: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly metrics: readonly OtlpMetric[];
}

export interface OtlpMetricsReceiver {
  readonly url: string;
  /** What was accepted. */
  readonly pushes: readonly OtlpPush[];
  /** Requests, whatever became of them. */
  requests(): number;
  /** What all pushes count together, of a counter or of the observations of a histogram. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
  /** Default `accept`. */
  behave(how: 'accept' | 'refuse' | 'hang'): void;
  close(): Promise<void>;
}

/** Takes metrics as OTLP in JSON over HTTP. */
export async function startOtlpMetrics(): Promise<OtlpMetricsReceiver> {
  const pushes: OtlpPush[] = [];
  let [how, requests] = ['accept', 0];
  const server = createServer(async (request, response) => {
    requests += 1;
    let text = '';
    for await (const chunk of request) text += chunk;
    if (how === 'hang') return;
    response.writeHead(how === 'refuse' ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
    if (how === 'accept') pushes.push(toPush(request.url ?? '', text));
  });
  const { url, close } = await listen(server);
  return {
    url,
    pushes,
    requests: () => requests,
    total: (name, labels = {}) =>
      pushes
        .flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name))
        .flatMap(({ sum, histogram }) => (sum ?? histogram)?.dataPoints ?? [])
        .filter((point) => hasLabels(point, labels))
        .reduce((all, { asDouble, count }) => all + (asDouble ?? Number(count)), 0),
    behave: (next) => {
      how = next;
    },
    close,
  };
}

function toPush(path: string, text: string): OtlpPush {
  const { resourceMetrics } = JSON.parse(text) as {
    resourceMetrics: readonly [
      {
        resource: { attributes: readonly Attribute[] };
        scopeMetrics: readonly [{ metrics: readonly OtlpMetric[] }];
      },
    ];
  };
  const [{ resource, scopeMetrics }] = resourceMetrics;
  return { path, resource: toRecord(resource.attributes), metrics: scopeMetrics[0].metrics };
}

function hasLabels({ attributes }: Point, labels: Readonly<Record<string, string>>): boolean {
  const own = toRecord(attributes);
  return Object.entries(labels).every(([name, value]) => own[name] === value);
}

function toRecord(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}
