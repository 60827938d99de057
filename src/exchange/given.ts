import { formatUsd } from '../account/price.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import type { AttemptRecord } from '../domain/record.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import { costOfTries } from '../usage/of-tries.ts';

/** Told once how an answer ended. @param error what broke it off; null: it came to an end of its own */
export type OnOver = (end: StreamEnd, error: GatewayError | null) => void;

/** What an attempt has for the client, before it is known whether the client gets it. */
export interface Given {
  /** Null: the gateway answers by itself. */
  readonly tried: AttemptRecord | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | ReadableStream<Uint8Array>;
  readonly streamed: boolean;
  /** The client gets it. `onOver` may be called before this returns. */
  accept(onOver: OnOver): void;
}

/** Proxies in between must not gather the stream up (nginx reads the second). */
const STREAMED = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

/**
 * Answers with what an attempt gave. The life ends with it.
 * @param headers more headers for this client alone
 */
export function accept(life: CallLife, given: Given, headers: Readonly<Record<string, string>>): Answer {
  const { record } = life;
  record.answered = given.tried;
  record.target = given.tried?.target ?? record.target;
  record.status = given.status;
  record.streamed = given.streamed;
  if (given.status >= 400) record.error = `upstream_${given.status}`;
  const answer = {
    status: given.status,
    headers: { ...given.headers, ...headers, ...life.headers(), ...(given.streamed ? STREAMED : {}) },
    body: given.body,
  };
  const cost = given.streamed || given.tried === null ? null : costOfTries(record.tries);
  if (cost !== null) Object.assign(answer.headers, { 'x-llm-edge-cost-usd': formatUsd(cost) });
  given.accept((end, error) => {
    noteEnd(life, end, error);
    life.finish();
  });
  return answer;
}

/** A client that leaves shows as a cancelled stream, or as an upstream that its signal aborted. */
function noteEnd({ record }: CallLife, end: StreamEnd, error: GatewayError | null): void {
  if (end === 'finished') return;
  const gone = end === 'cancelled' || error?.code === 'client_closed';
  record.error = gone ? 'client_closed' : (error?.code ?? 'upstream_error_event');
  if (gone) record.disconnect = 'streaming';
}
