/** What metrics and the log line of a request cost: `npx node bench/telemetry.ts`. */
import { createConsoleLogger } from '../adapters/memory/console-logger.ts';
import { createMemoryDeps } from '../adapters/memory/deps.ts';
import { createModelLabel } from '../src/account/models.ts';
import { createSettle } from '../src/account/settle.ts';
import { createTenantLabel } from '../src/account/tenants.ts';
import type { Incoming } from '../src/domain/call.ts';
import type { Provider } from '../src/domain/provider.ts';
import type { AttemptRecord, CallRecord } from '../src/domain/record.ts';

const REQUESTS = 5_000;
const BATCHES = 40;

const provider: Provider = {
  id: 'openai',
  otelName: 'openai',
  baseUrl: 'https://provider.test',
  apiKey: null,
  apiKeys: [],
  transport: 'network',
  auth: 'bearer',
  paths: {},
  models: ['gpt-4o-mini'],
  streamUsage: 'on-request',
};

const incoming: Incoming = {
  requestId: '6f1c3f0e-0000-4000-8000-000000000000',
  endpoint: 'chat',
  errorDialect: 'openai',
  method: 'POST',
  path: '/v1/chat/completions',
  query: '',
  headers: new Headers(),
  signal: new AbortController().signal,
  readBody: async () => new Uint8Array(),
  startedAt: 1,
};

function streamedCall(): { record: CallRecord; tried: AttemptRecord } {
  const tried: AttemptRecord = {
    id: `${incoming.requestId}-1`,
    number: 1,
    target: { provider, model: 'gpt-4o-mini' },
    isHedge: false,
    outcome: 'ok',
    status: 200,
    usage: {
      input: 900,
      cacheRead: 100,
      cacheWrite: 0,
      cacheWrite1h: 0,
      output: 200,
      reasoning: 50,
      estimated: false,
    },
    cost: 123_000,
    measure: null,
    facts: () => ({ id: 'chatcmpl-1', model: 'gpt-4o-mini', finishReasons: ['stop'] }),
    reply: null,
    said: null,
    spanId: null,
    sentAt: 1.2,
    headersAt: 200,
    firstByteAt: 210,
    endedAt: 2_000,
  };
  const record: CallRecord = {
    incoming,
    id: incoming.requestId,
    principal: null,
    trace: null,
    cacheSpanId: null,
    operations: null,
    custody: null,
    tags: [],
    call: null,
    target: tried.target,
    cache: 'miss',
    tries: [tried],
    answered: tried,
    rehearsal: null,
    isAside: false,
    continued: false,
    status: 200,
    streamed: true,
    error: null,
    disconnect: null,
    saved: 0,
    endedAt: 2_000.1,
  };
  return { record, tried };
}

/** Microseconds for each request of the quietest batch: others share the machine. */
export function measureTelemetry(): number {
  const deps = createMemoryDeps({ fetch: async () => Promise.reject(new Error('no network')) });
  let written = 0;
  const logger = createConsoleLogger({
    clock: deps.clock,
    write: (line) => {
      written += line.length;
    },
  });
  const settle = createSettle({
    ...deps,
    logger,
    keepBooks: async () => {},
    noteSaved: () => null,
    price: () => null,
    noteOutput: () => {},
    noteTrace: () => {},
    modelLabel: createModelLabel([provider], { routes: [] }),
    tenantLabel: createTenantLabel([{ tenant: 'shop' }]),
  });
  const background = { waitUntil: () => {} };
  const batch = () => {
    const startedAt = performance.now();
    for (let i = 0; i < REQUESTS; i += 1) {
      const { record, tried } = streamedCall();
      settle.attempt(tried);
      settle.request(record, background);
    }
    return ((performance.now() - startedAt) * 1_000) / REQUESTS;
  };
  const micros = Array.from({ length: BATCHES }, batch);
  if (written === 0) throw new Error('nothing was logged');
  return Math.min(...micros);
}

if (import.meta.main) console.log(`metrics and log: ${measureTelemetry().toFixed(1)} µs for each request`);
