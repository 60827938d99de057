import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { ReadSpan } from '../contract/telemetry.ts';
import { listen } from './ports.ts';
import { receive } from './received.ts';

interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number; readonly message?: string };
}

export interface OtlpReceiver {
  readonly url: string;
  /** Of all that came, in order. */
  readonly spans: readonly ReadSpan[];
  /** Every request as text, to look for what must not be in it. */
  readonly texts: readonly string[];
  /** From now on it answers with this status. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** Takes traces by OTLP over HTTP in JSON, and reads them as the protocol has them. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReadSpan[] = [];
  const texts: string[] = [];
  let status = 200;
  const server = createServer(async (message, response) => {
    const { body, headers, path } = await receive(message);
    const bytes = Buffer.from(body);
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    texts.push(text);
    if (status === 200 && path === '/v1/traces') spans.push(...spansIn(text));
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  const { url, close } = await listen(server);
  return {
    url,
    spans,
    texts,
    answerWith(next) {
      status = next;
    },
    close,
  };
}

function spansIn(text: string): ReadSpan[] {
  const { resourceSpans } = JSON.parse(text) as {
    resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(read)));
}

const KINDS = ['internal', 'internal', 'server', 'client'] as const;

function read(span: WireSpan): ReadSpan {
  const { traceId, spanId, parentSpanId = null, name, kind, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: KINDS[kind] ?? 'internal',
    startedAt: Number(span.startTimeUnixNano) / 1e6,
    endedAt: Number(span.endTimeUnixNano) / 1e6,
    attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, plain(value)])),
    error: status?.code === 2 ? (status.message ?? '') : null,
  };
}

function plain(value: Value): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(plain);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}
