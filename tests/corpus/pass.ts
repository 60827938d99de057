import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { Exchange } from '../support/corpus.ts';
import { send } from '../support/http-client.ts';
import type { ChunkSize } from '../support/pieces.ts';
import type { ReplayUpstream } from '../support/replay-upstream.ts';
import { within } from '../support/wait.ts';
import { expectedAnswer, expectedUpstream, ROUTES } from './same-dialect.ts';

/** The gateway that is asked, and the upstream behind it. */
export interface Passage {
  readonly gatewayUrl: string;
  readonly key: string;
  readonly upstream: ReplayUpstream;
}

export interface Run {
  readonly exchange: Exchange;
  readonly chunkSize: ChunkSize;
}

const CHUNK_SIZES = ['whole', 64, 7, 1] as const;
const PARALLEL = 8;
const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });

/** Streams in every chunk size, JSON once; the long ones first, so that none is left over for the end. */
export function runsOf(exchanges: readonly Exchange[]): Run[] {
  const runs = exchanges.flatMap((exchange) =>
    (exchange.response.sse === undefined ? (['whole'] as const) : CHUNK_SIZES).map((chunkSize) => ({
      exchange,
      chunkSize,
    })),
  );
  return runs.toSorted((a, b) => writesOf(b) - writesOf(a));
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
          `${run.exchange.id} (${run.exchange.provider}, chunks of ${run.chunkSize}): ${error.message}`,
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
  { exchange, chunkSize }: Run,
  tag: string,
): Promise<void> {
  const route = ROUTES[exchange.api];
  if (route === undefined) throw new Error(`no route for ${exchange.api}`);
  const serving = upstream.serve(exchange, {
    chunkSize,
    when: ({ headers }) => headers['user-agent'] === tag,
  });
  const query = /\?beta=true$/.exec(exchange.request.path)?.[0] ?? '';
  const headers = { ...clientHeaders(exchange), 'user-agent': tag, authorization: `Bearer ${key}` };
  const response = await send(gatewayUrl + route.path + query, {
    headers,
    body: exchange.requestText,
    agent,
  });
  const answer = await within('the whole answer', response.read(), 20_000);

  expect(serving.received?.path.replace(query, ''), 'path at the provider').toBe(route.path);
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
  expect(type, 'content-type').toBe(exchange.response.headers['content-type']);
  if (expected.kind === 'same') expect(body, 'body at the client').toBe(expected.body);
  else expectBrokenAfter(body, expected.body);
}

function expectBrokenAfter(body: string, recorded: string): void {
  expect(body.startsWith(recorded), 'the recorded bytes come first').toBe(true);
  const last = body.slice(recorded.length);
  expect(last, 'an error event and nothing else comes last').toMatch(
    /^\s*(?:event: error\n)?data: \{.*"error".*\}\n\n$/,
  );
}

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
