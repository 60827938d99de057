import { formatUsd, type Pricer } from '../account/price.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import type { Target } from '../domain/provider.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { judge } from '../provider/judge.ts';
import { responseHeaders } from '../provider/response-headers.ts';
import { faultError, type Send } from '../provider/send.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import type { Attempt } from './attempt.ts';

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly send: Send;
  readonly price: Pricer;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly maxResponseSize: number;
}

/** What a refusal may weigh: a page of JSON, not a download. */
const MAX_ERROR_BYTES = 1 << 20;

/** The call of a provider, its price, and the answer around a body: what all exchanges do alike. */
export class Upstream {
  readonly #deps: ExchangeDeps;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  /** @throws GatewayError when there is no reply that the client may see. */
  async send(attempt: Attempt, awaitsFirstByte: boolean): Promise<UpstreamReply> {
    const { life, target, request, clientCredential } = attempt;
    const { record, scope } = life;
    scope.check();
    if (awaitsFirstByte) scope.deadline.enter('first_byte', this.#deps.firstByteMs);
    record.attempts++;
    record.sentAt = life.now;
    try {
      const reply = await this.#deps.send(target.provider, { ...request, signal: scope.signal });
      record.headersAt = life.now;
      judge(reply, { provider: target.provider, clientCredential });
      return reply;
    } catch (error) {
      this.settleFailure(attempt, error);
      throw error;
    }
  }

  /** @throws GatewayError when the body breaks off or is too large. */
  async collect(attempt: Attempt, reply: UpstreamReply): Promise<Uint8Array> {
    try {
      return await reply.collect(reply.status >= 400 ? MAX_ERROR_BYTES : this.#deps.maxResponseSize);
    } catch (fault) {
      const error = faultError(fault, attempt.target.provider, attempt.life.scope.signal);
      this.settleFailure(attempt, error);
      throw error;
    }
  }

  /** Providers charge nothing for a refusal or a failed connection; for an answer we gave up on they may. */
  settleFailure({ life, target }: Attempt, error: unknown): void {
    const { record } = life;
    record.endedAt = life.now;
    const gaveUp =
      error instanceof GatewayError && (error.code === 'client_closed' || error.code === 'upstream_timeout');
    if (gaveUp && record.usage !== null) this.charge(life, target, record.usage);
    else this.free(life);
  }

  charge(life: CallLife, target: Target, usage: Usage): void {
    const { price, clock } = this.#deps;
    life.record.usage = usage;
    life.record.cost = price(target.provider.id, target.model, usage, clock.now());
  }

  free({ record }: CallLife): void {
    record.usage = null;
    record.cost = 0;
  }

  /** An answer whose body is known: with its cost, and over. */
  whole({ life, headers }: Attempt, reply: UpstreamReply, body: Uint8Array | string): Answer {
    const { record } = life;
    record.status = reply.status;
    record.endedAt = life.now;
    if (reply.status >= 400) record.error = `upstream_${reply.status}`;
    const answer = answerOf(life, reply, headers, body);
    if (record.cost !== null) answer.headers['x-llm-edge-cost-usd'] = formatUsd(record.cost);
    life.finish();
    return answer;
  }

  relayed(
    { life, headers }: Attempt,
    reply: UpstreamReply,
    body: ReadableStream<Uint8Array> | string,
  ): Answer {
    life.record.status = reply.status;
    life.record.streamed = true;
    const answer = answerOf(life, reply, headers, body);
    // Proxies in between must not gather the stream up (nginx reads the second).
    answer.headers['cache-control'] = 'no-cache';
    answer.headers['x-accel-buffering'] = 'no';
    return answer;
  }

  /** What every stream does on its way and at its end. */
  streamEnds({ life, target }: Attempt, onOver: () => void) {
    const { record, scope } = life;
    return {
      waiting: (isWaiting: boolean) => {
        if (!isWaiting) scope.deadline.leave();
        else if (record.firstByteAt !== null) scope.deadline.enter('idle', this.#deps.idleMs);
      },
      onFirstByte: () => {
        record.firstByteAt = life.now;
      },
      onEnd: (end: StreamEnd, fault: unknown) => {
        onOver();
        noteEnd(life, end, fault === null ? null : faultError(fault, target.provider, scope.signal));
        life.finish();
      },
    };
  }
}

function answerOf(
  life: CallLife,
  reply: UpstreamReply,
  headers: Readonly<Record<string, string>>,
  body: Answer['body'],
): Answer {
  return {
    status: reply.status,
    headers: Object.assign(responseHeaders(reply.headers), headers, life.headers()),
    body,
  };
}

/** A client that leaves shows as a cancelled stream, or as an upstream that its signal aborted. */
function noteEnd({ record }: CallLife, end: StreamEnd, error: GatewayError | null): void {
  if (end === 'finished') return;
  const gone = end === 'cancelled' || error?.code === 'client_closed';
  record.error = gone ? 'client_closed' : (error?.code ?? 'upstream_error_event');
  if (gone) record.disconnect = 'streaming';
}
