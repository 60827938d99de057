import { estimateInput, usageOfStream } from './account/meter.ts';
import { formatUsd, type Pricer } from './account/price.ts';
import { createStreamReader, isUsageOnlyChunk } from './account/stream-usage/stream-reader.ts';
import type { CallLife } from './call-life.ts';
import type { Answer } from './domain/answer.ts';
import type { Call } from './domain/call.ts';
import type { Target } from './domain/provider.ts';
import type { Usage } from './domain/usage.ts';
import { brokenEvent } from './edge/broken-event.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { parseObject } from './json.ts';
import type { Clock } from './ports/clock.ts';
import type { UpstreamReply, UpstreamRequest } from './ports/fetch.ts';
import { judge, notOfTheDialect, requireDialectReply } from './provider/judge.ts';
import { responseHeaders } from './provider/response-headers.ts';
import { faultError, type Send } from './provider/send.ts';
import { createOpaqueTap } from './streams/opaque-tap.ts';
import { ResponsesWatch } from './streams/responses-watch.ts';
import { createSseTap, type StreamEnd } from './streams/sse-tap.ts';
import { usageFromReply } from './usage/from-reply.ts';

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly send: Send;
  readonly price: Pricer;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly maxResponseSize: number;
}

/** One call of one target, as the stages before prepared it. */
export interface Attempt {
  readonly life: CallLife;
  readonly target: Target;
  readonly request: Omit<UpstreamRequest, 'signal'>;
  readonly clientCredential: boolean;
  /** More headers for the client's answer. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface DialectAttempt extends Attempt {
  readonly call: Call;
  readonly usageInjected: boolean;
  /** Told the id of an object that the provider made and keeps. Never rejects. */
  readonly onObject: (id: string) => Promise<void>;
}

export interface Exchange {
  /** @throws GatewayError for whatever is no answer of the dialect. */
  dialect(attempt: DialectAttempt): Promise<Answer>;
  /** Any other answer, passed on as it comes. @throws GatewayError */
  opaque(attempt: Attempt, onObject: ((id: string) => Promise<void>) | null): Promise<Answer>;
}

/** What a refusal may weigh: a page of JSON, not a download. */
const MAX_ERROR_BYTES = 1 << 20;

const decoder = new TextDecoder();

/** The call of a provider and the answer made of its reply. */
export function createExchange(deps: ExchangeDeps): Exchange {
  return { dialect, opaque };

  async function dialect(attempt: DialectAttempt): Promise<Answer> {
    const { life, target, call } = attempt;
    // Until an answer says otherwise, a call that went out is charged for what it sent.
    life.record.usage = estimateInput(call.body);
    const reply = await sendOut(attempt, call.stream);
    const kind = requireDialectReply(reply, target.provider);
    if (kind === 'event-stream' && reply.status < 400) return streamAnswer(attempt, reply);
    return jsonAnswer(attempt, reply);
  }

  async function opaque(attempt: Attempt, onObject: ((id: string) => Promise<void>) | null): Promise<Answer> {
    const reply = await sendOut(attempt, false);
    const isJson = /\bjson\b/i.test(reply.headers.get('content-type') ?? '');
    if (onObject === null || !isJson || reply.status >= 400) return opaqueAnswer(attempt, reply);
    const bytes = await collect(attempt, reply, deps.maxResponseSize);
    const id = parseObject(decoder.decode(bytes))?.id;
    if (typeof id === 'string') await onObject(id);
    return whole(attempt, reply, bytes);
  }

  async function sendOut(attempt: Attempt, firstByte: boolean): Promise<UpstreamReply> {
    const { life, target, request, clientCredential } = attempt;
    const { record, scope } = life;
    scope.check();
    if (firstByte) scope.deadline.enter('first_byte', deps.firstByteMs);
    record.attempts++;
    record.sentAt = life.now;
    try {
      const reply = await deps.send(target.provider, { ...request, signal: scope.signal });
      record.headersAt = life.now;
      judge(reply, { provider: target.provider, clientCredential });
      return reply;
    } catch (error) {
      settleFailure(attempt, error);
      throw error;
    }
  }

  /** Providers charge nothing for a refusal or a failed connection; for an answer we gave up on they may. */
  function settleFailure({ life, target }: Attempt, error: unknown): void {
    const { record } = life;
    record.endedAt = life.now;
    const gaveUp =
      error instanceof GatewayError && (error.code === 'client_closed' || error.code === 'upstream_timeout');
    if (gaveUp && record.usage !== null) charge(life, target, record.usage);
    else free(life);
  }

  function charge(life: CallLife, target: Target, usage: Usage): void {
    life.record.usage = usage;
    life.record.cost = deps.price(target.provider.id, target.model, usage, deps.clock.now());
  }

  function free({ record }: CallLife): void {
    record.usage = null;
    record.cost = 0;
  }

  async function collect(attempt: Attempt, reply: UpstreamReply, maxBytes: number): Promise<Uint8Array> {
    try {
      return await reply.collect(maxBytes);
    } catch (fault) {
      const error = faultError(fault, attempt.target.provider, attempt.life.scope.signal);
      settleFailure(attempt, error);
      throw error;
    }
  }

  async function jsonAnswer(attempt: DialectAttempt, reply: UpstreamReply): Promise<Answer> {
    const { life, target, call } = attempt;
    const bytes = await collect(attempt, reply, reply.status >= 400 ? MAX_ERROR_BYTES : deps.maxResponseSize);
    const json = parseObject(decoder.decode(bytes));
    if (json === null) {
      free(life);
      throw notOfTheDialect(reply, target.provider);
    }
    if (reply.status >= 400 || call.endpoint === 'count_tokens') free(life);
    else {
      if (call.endpoint === 'responses' && typeof json.id === 'string') await attempt.onObject(json.id);
      charge(life, target, usageFromReply(call.dialect, json) ?? estimateInput(call.body));
    }
    const answer = whole(attempt, reply, bytes);
    answer.headers['content-type'] = jsonType(answer.headers['content-type']);
    return answer;
  }

  function whole({ life, headers }: Attempt, reply: UpstreamReply, bytes: Uint8Array): Answer {
    const { record } = life;
    record.status = reply.status;
    record.endedAt = life.now;
    if (reply.status >= 400) record.error = `upstream_${reply.status}`;
    const answer = answerOf(life, reply, headers, bytes);
    if (record.cost !== null) answer.headers['x-llm-edge-cost-usd'] = formatUsd(record.cost);
    life.finish();
    return answer;
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

  function streamAnswer(attempt: DialectAttempt, reply: UpstreamReply): Answer {
    const { life, call, target, usageInjected } = attempt;
    const reader = createStreamReader(call.dialect);
    const watch = new ResponsesWatch(reader, (id) => life.hold(attempt.onObject(id)));
    const { requestId } = life.record.incoming;
    const tap = createSseTap({
      reader: call.endpoint === 'responses' ? watch : reader,
      hide: usageInjected ? isUsageOnlyChunk : null,
      brokenEvent: (fault) =>
        brokenEvent(
          call.dialect,
          faultError(fault, target.provider, life.scope.signal),
          requestId,
          watch.events,
        ),
      ...streamEnds(attempt, () => charge(life, target, usageOfStream(reader, call.body))),
    });
    return relayed(attempt, reply, reply.stream(tap));
  }

  function opaqueAnswer(attempt: Attempt, reply: UpstreamReply): Answer {
    if (reply.status >= 400) attempt.life.record.error = `upstream_${reply.status}`;
    return relayed(attempt, reply, reply.stream(createOpaqueTap(streamEnds(attempt, () => {}))));
  }

  function relayed(
    { life, headers }: Attempt,
    reply: UpstreamReply,
    body: ReadableStream<Uint8Array>,
  ): Answer {
    life.record.status = reply.status;
    life.record.streamed = true;
    const answer = answerOf(life, reply, headers, body);
    // Proxies in between must not gather the stream up (nginx reads the second).
    answer.headers['cache-control'] = 'no-cache';
    answer.headers['x-accel-buffering'] = 'no';
    return answer;
  }

  /** What both kinds of stream do on their way and at their end. */
  function streamEnds({ life, target }: Attempt, onOver: () => void) {
    const { record, scope } = life;
    return {
      waiting: (isWaiting: boolean) => {
        if (!isWaiting) scope.deadline.leave();
        else if (record.firstByteAt !== null) scope.deadline.enter('idle', deps.idleMs);
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

/** A client that leaves shows as a cancelled stream, or as an upstream that its signal aborted. */
function noteEnd({ record }: CallLife, end: StreamEnd, error: GatewayError | null): void {
  if (end === 'finished') return;
  const gone = end === 'cancelled' || error?.code === 'client_closed';
  record.error = gone ? 'client_closed' : (error?.code ?? 'upstream_error_event');
  if (gone) record.disconnect = 'streaming';
}

/** The type as the provider named it; refusals may come by another name or none. */
function jsonType(type = ''): string {
  return /\bjson\b/i.test(type) ? type : 'application/json';
}
