import { formatUsd } from '../account/price.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import type { Usage } from '../domain/usage.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { judge, requireDialectReply } from '../provider/judge.ts';
import { responseHeaders } from '../provider/response-headers.ts';
import { faultError, type Send } from '../provider/send.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import { costOfTries } from '../usage/of-tries.ts';
import type { Attempt } from './attempt.ts';
import { Try, type TryDeps } from './try.ts';

export interface ExchangeDeps extends TryDeps {
  readonly send: Send;
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

  /**
   * @param input what the call uses at least; null: nobody can tell
   * @throws GatewayError when the call is over already.
   */
  begin({ life, target }: Attempt, input: Usage | null): Try {
    life.scope.check();
    return new Try(this.#deps, life, target, input);
  }

  /** @throws GatewayError when there is no reply that the client may see. */
  async send(attempt: Attempt, tried: Try, awaitsFirstByte: boolean): Promise<UpstreamReply> {
    const { life, target, request, clientCredential } = attempt;
    const { scope } = life;
    if (awaitsFirstByte) scope.deadline.enter('first_byte', this.#deps.firstByteMs);
    try {
      const reply = await this.#deps.send(target.provider, { ...request, signal: scope.signal });
      tried.headers(reply.status);
      judge(reply, { provider: target.provider, clientCredential });
      return reply;
    } catch (error) {
      tried.fail(error);
      throw error;
    }
  }

  /** What the reply is to be read as. @throws GatewayError when it is nothing of a dialect. */
  kindOf({ target }: Attempt, tried: Try, reply: UpstreamReply): 'json' | 'event-stream' {
    try {
      return requireDialectReply(reply, target.provider);
    } catch (error) {
      tried.fail(error);
      throw error;
    }
  }

  /** @throws GatewayError when the body breaks off or is too large. */
  async collect(attempt: Attempt, tried: Try, reply: UpstreamReply): Promise<Uint8Array> {
    try {
      return await reply.collect(reply.status >= 400 ? MAX_ERROR_BYTES : this.#deps.maxResponseSize);
    } catch (fault) {
      const error = faultError(fault, attempt.target.provider, attempt.life.scope.signal);
      tried.fail(error);
      throw error;
    }
  }

  /** An answer whose body is known: with its cost, and over. */
  whole({ life, headers }: Attempt, tried: Try, reply: UpstreamReply, body: Uint8Array | string): Answer {
    const { record } = life;
    record.status = reply.status;
    if (reply.status >= 400) record.error = `upstream_${reply.status}`;
    record.answered = tried.record;
    tried.end(record.error ?? 'ok');
    const answer = answerOf(life, reply, headers, body);
    const cost = costOfTries(record.tries);
    if (cost !== null) answer.headers['x-llm-edge-cost-usd'] = formatUsd(cost);
    life.finish();
    return answer;
  }

  relayed(
    { life, headers }: Attempt,
    tried: Try,
    reply: UpstreamReply,
    body: ReadableStream<Uint8Array> | string,
  ): Answer {
    life.record.status = reply.status;
    life.record.streamed = true;
    life.record.answered = tried.record;
    const answer = answerOf(life, reply, headers, body);
    // Proxies in between must not gather the stream up (nginx reads the second).
    answer.headers['cache-control'] = 'no-cache';
    answer.headers['x-accel-buffering'] = 'no';
    return answer;
  }

  /** What every stream does on its way and at its end. */
  streamEnds({ life, target }: Attempt, tried: Try, onOver: () => void) {
    const { record, scope } = life;
    return {
      waiting: (isWaiting: boolean) => {
        if (!isWaiting) scope.deadline.leave();
        else if (tried.record.firstByteAt !== null) scope.deadline.enter('idle', this.#deps.idleMs);
      },
      onFirstByte: () => tried.firstByte(),
      onEnd: (end: StreamEnd, fault: unknown) => {
        onOver();
        noteEnd(life, end, fault === null ? null : faultError(fault, target.provider, scope.signal));
        tried.end(record.error ?? 'ok');
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
