import { Agent } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Json } from '../support/corpus.ts';
import { send } from '../support/http-client.ts';
import type { ChunkSize } from '../support/pieces.ts';
import type { ReplayUpstream } from '../support/replay-upstream.ts';
import { within } from '../support/wait.ts';
import { KEY, PROVIDER } from '../wire/dialect-gateway.ts';
import { dataOf, wholeOf } from './translate-assemble.ts';
import type { Case } from './translate-cases.ts';
import { comparable, expectedMeaning } from './translate-expected.ts';
import { type ClientWire, meaningOf, type Wire } from './translate-meaning.ts';
import { readBySdk } from './translate-sdks.ts';
import { requireValid, specsAvailable } from './translate-specs.ts';
import { hasMediaResults, type Talk, talkOf, talkOfRequest } from './translate-talk.ts';

/** The gateway that is asked, and the upstream behind it. */
export interface Passage {
  readonly gatewayUrl: string;
  readonly upstream: ReplayUpstream;
}

const PARALLEL = 8;
const ANSWER_MS = 30_000;
const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });

export const CLIENT_PATH: Readonly<Record<ClientWire, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};

export function providerOf(wire: Wire): string {
  return PROVIDER[wire === 'generate_content' ? 'gemini' : wire];
}

/** Does `work` for all, a few at a time. */
export async function forAll<T>(
  all: readonly T[],
  work: (one: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...all.entries()];
  const loop = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: PARALLEL }, loop));
}

/** One call through the gateway: what the client got, as text, with the times taken out. */
export async function ask(
  { gatewayUrl, upstream }: Passage,
  { client, body, recorded }: Case,
  chunkSize: ChunkSize,
  tag: string,
): Promise<{ readonly status: number; readonly text: string; readonly sent: Json }> {
  const serving = upstream.serve(recorded, {
    chunkSize,
    when: ({ headers }) => headers['user-agent'] === tag,
  });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, 'user-agent': tag };
  const response = await send(gatewayUrl + CLIENT_PATH[client], {
    headers,
    body: JSON.stringify(body),
    agent,
  });
  const { bytes, cut } = await within('the whole answer', response.read(), ANSWER_MS).catch((late: Error) => {
    response.abort();
    throw late;
  });
  const text = withoutTimes(bytes.toString(), response.headers['x-request-id']);
  expect(serving.received, `the upstream was not asked: ${text.slice(0, 500)}`).not.toBeNull();
  expect(cut, 'answer cut').toBe(false);
  return {
    status: response.status,
    text,
    sent: JSON.parse(serving.received?.body.toString() ?? '{}') as Json,
  };
}

/** Two calls differ by the second in which they were made, and by the gateway's id where the provider gave none. */
function withoutTimes(text: string, requestId: string | string[] | undefined): string {
  return text
    .replaceAll(/"(created|created_at|completed_at)":\d+(?:\.\d+)?/g, '"$1":1')
    .replaceAll(String(requestId), 'request-id');
}

/** @throws Error telling what of an answer is not what the recording says. */
export async function requireSame(tried: Case, status: number, text: string): Promise<void> {
  const { provider, client, body, recorded, end } = tried;
  expect(status, text.slice(0, 300)).toBe(end.status);
  if (end.kind === 'error') return requireError(client, text, end.message);
  const stream = recorded.response.sse !== undefined;
  if (end.kind === 'broken') return requireErrorEvent(text);
  if (specsAvailable && !hasCustomDeltas(client, text)) {
    if (stream) for (const event of dataOf(text)) requireValid(client, 'event', event);
    else requireValid(client, 'whole', JSON.parse(text) as Json);
  }
  const read = await readBySdk(client, { ...body, stream }, text);
  const whole = client === 'chat' && stream ? wholeOf('chat', { sse: text }) : read;
  const got = comparable(client, meaningOf(client, whole));
  const told = meaningOf(provider, wholeOf(provider, recorded.response));
  const expected = expectedMeaning(provider, told, client);
  const differing = FIELDS.filter((field) => !isDeepStrictEqual(got[field], expected[field]));
  const faults = differing.filter((field) => expected[field] !== null);
  if (faults.length === 0) return;
  throw new Error(
    faults.map((field) => `${field}: ${short(got[field])} for ${short(expected[field])}`).join('; '),
  );
}

/** OpenAI's API streams custom tools in chat, its published schema does not have them. */
function hasCustomDeltas(client: ClientWire, text: string): boolean {
  return client === 'chat' && text.includes('"type":"custom"');
}

const FIELDS = ['text', 'refusal', 'reasoning', 'calls', 'finish', 'usage'] as const;

function short(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}

function requireError(client: ClientWire, text: string, message: string): void {
  const body = JSON.parse(text) as { error: { message: string } };
  if (specsAvailable) requireValid(client, 'error', body);
  expect(body.error.message).toContain(message);
}

function requireErrorEvent(text: string): void {
  const { type, error } = dataOf(text).at(-1) ?? {};
  const isError = type === 'error' || type === 'response.failed' || error !== undefined;
  if (!isError) throw new Error(`a broken stream ends with ${short(type)}`);
}

/** @throws Error telling what the provider was not told as the client said it. */
export function requireSameTalk({ provider, client, said, body }: Case, sent: Json): void {
  const told = talkOfRequest(provider, sent);
  if (said === null || told === null) return;
  // Images in the results of tools are moved for clients that know only text there: that is what such a client says.
  const expected = hasMediaResults(said) ? talkOfRequest(client, body) : talkOf(said);
  if (expected === null || isDeepStrictEqual(told, expected)) return;
  const parts = (['system', 'turns', 'tools'] as const).filter((part) => !isSame(part, told, expected));
  if (parts.length === 0) return;
  throw new Error(
    parts.map((part) => `${part} sent: ${firstDifference(told[part], expected[part])}`).join('; '),
  );
}

function isSame(part: keyof Talk, told: Talk, expected: Talk): boolean {
  // Messages wants a turn of the user's where there is none, and the tools of a history that no longer offers them.
  if (part !== 'system' && expected[part].length === 0) return true;
  return isDeepStrictEqual(told[part], expected[part]);
}

function firstDifference(got: string | readonly string[], expected: string | readonly string[]): string {
  const [all, wanted] = [[got].flat(), [expected].flat()];
  const at = wanted.findIndex((one, index) => one !== all[index]);
  return at === -1
    ? `${all.length} for ${wanted.length}`
    : `${short(all[at] ?? null)} for ${short(wanted[at])}`;
}
