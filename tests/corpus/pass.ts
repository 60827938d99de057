import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { Exchange } from '../support/corpus.ts';
import type { Runtime } from '../support/gateway.ts';
import { send } from '../support/http-client.ts';
import type { ChunkSize } from '../support/pieces.ts';
import type { ReplayUpstream } from '../support/replay-upstream.ts';
import { within } from '../support/wait.ts';
import { cutShort, expectedAnswer, expectedUpstream, isDialectType, ROUTES } from './same-dialect.ts';

/** The gateway that is asked, and the upstream behind it. */
export interface Passage {
  readonly gatewayUrl: string;
  readonly key: string;
  readonly upstream: ReplayUpstream;
}

export interface Run {
  readonly exchange: Exchange;
  readonly chunkSize: ChunkSize;
  /** How the upstream ends a stream. */
  readonly ending: 'clean' | 'destroy';
}

/** Longest stream that is also cut into single bytes: a chunk costs about 0.01 ms on Node and 0.1 ms in workerd. */
const BYTEWISE_UP_TO: Readonly<Record<Runtime, number>> = { node: 8 * 1024, workerd: 4 * 1024 };
const PARALLEL = 8;
const ANSWER_MS = 30_000;
const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });

/** Streams in every chunk size, JSON once; the long ones first, so that none is left over for the end. */
export function runsOf(exchanges: readonly Exchange[], runtime: Runtime): Run[] {
  const runs = exchanges.flatMap((exchange) =>
    chunkSizesFor(exchange, BYTEWISE_UP_TO[runtime]).map((chunkSize) => ({
      exchange,
      chunkSize,
      ending: 'clean' as const,
    })),
  );
  return runs.toSorted((a, b) => writesOf(b) - writesOf(a));
}

/** Streams that stop somewhere on their way, both as if all were said and with a broken connection. */
export function cutRunsOf(exchanges: readonly Exchange[]): Run[] {
  const streams = exchanges.filter(({ response: { sse } }) => sse !== undefined).map(cutShort);
  return streams.flatMap((exchange) =>
    (['clean', 'destroy'] as const).map((ending) => ({ exchange, chunkSize: 64, ending })),
  );
}

function chunkSizesFor({ response: { sse } }: Exchange, bytewiseUpTo: number): ChunkSize[] {
  if (sse === undefined) return ['whole'];
  return sse.length <= bytewiseUpTo ? ['whole', 64, 7, 1] : ['whole', 64, 7];
}

function writesOf({ exchange, chunkSize }: Run): number {
  return chunkSize === 'whole' ? 1 : exchange.responseText.length / chunkSize;
}

/** Runs all, a few at a time, and answers with what went wrong, one line for each. */
export async function passAll(passage: Passage, runs: readonly Run[]): Promise<string[]> {
  const faults: string[] = [];
  const queue = [...runs.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, run] = next;
      await pass(passage, run, `corpus/${run.exchange.id}/${index}`).catch((error: Error) => {
        faults.push(
          `${run.exchange.id} (${run.exchange.provider}, chunks of ${run.chunkSize}, ${run.ending} end): ${error.message}`,
        );
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return faults;
}

/** One call through the gateway; `tag` travels as the user agent, by which the upstream knows the call. */
async function pass(
  { gatewayUrl, key, upstream }: Passage,
  { exchange, chunkSize, ending }: Run,
  tag: string,
): Promise<void> {
  const route = ROUTES[exchange.api];
  if (route === undefined) throw new Error(`no route for ${exchange.api}`);
  const serving = upstream.serve(exchange, {
    chunkSize,
    ending,
    when: ({ headers }) => headers['user-agent'] === tag,
  });
  const query = /\?beta=true$/.exec(exchange.request.path)?.[0] ?? '';
  const headers = { ...clientHeaders(exchange), 'user-agent': tag, authorization: `Bearer ${key}` };
  const response = await send(gatewayUrl + route.path + query, {
    headers,
    body: exchange.requestText,
    agent,
  });
  const answer = await within('the whole answer', response.read(), ANSWER_MS).catch((late: Error) => {
    response.abort();
    throw late;
  });

  expect(serving.received?.path, 'path at the provider').toBe(route.path + query);
  expect(serving.received?.body.toString(), 'body at the provider').toBe(expectedUpstream(exchange));
  expect(answer.cut, 'answer cut').toBe(false);
  expectAnswer(exchange, response.status, answer.bytes.toString(), response.headers['content-type'] ?? '');
}

function expectAnswer(exchange: Exchange, status: number, body: string, type: string): void {
  const expected = expectedAnswer(exchange);
  expect(status, `status (${body.slice(0, 200)})`).toBe(expected.status);
  if (expected.kind === 'error') {
    expectError(exchange, body);
    return;
  }
  const recorded = exchange.response.headers['content-type'];
  expect(type, 'content-type').toBe(isDialectType(recorded) ? recorded : 'application/json');
  expect(body.slice(0, expected.body.length), 'body at the client').toBe(expected.body);
  const rest = body.slice(expected.body.length);
  const after = rest.startsWith(expected.torn) ? [rest, rest.slice(expected.torn.length)] : [rest];
  const isRight = (last: string) => (expected.kind === 'same' ? last === '' : ERROR_EVENT.test(last));
  expect(after, 'what follows the recorded bytes').toSatisfy((lasts: string[]) => lasts.some(isRight));
}

/** After the end of an event that was torn. */
const ERROR_EVENT = /^\n*(?:event: error\n)?data: \{.*"(?:error|code)":.*\}\n\n$/;

/** In the client's dialect, and without the provider's words, which may speak of the key. */
function expectError({ api, response }: Exchange, body: string): void {
  const error = JSON.parse(body) as { error: { message: string; type: string } };
  expect(error).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
  if (api.startsWith('anthropic.'))
    expect(error).toMatchObject({ type: 'error', request_id: expect.any(String) });
  const said = (response.body?.error as { message?: string } | undefined)?.message;
  if (said !== undefined) expect(body).not.toContain(said);
}

/** The recorded headers, but for those of the recorded connection. */
function clientHeaders({ request }: Exchange): Record<string, string> {
  const { host: _host, connection: _connection, 'accept-encoding': _encoding, ...headers } = request.headers;
  return headers;
}
