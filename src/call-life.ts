import type { Settle } from './account/settle.ts';
import type { Answer } from './domain/answer.ts';
import type { Incoming } from './domain/call.ts';
import type { Target } from './domain/provider.ts';
import type { AttemptRecord, CallRecord, StoreOperation } from './domain/record.ts';
import type { RequestTrace } from './domain/trace.ts';
import { answerHeaders } from './edge/answer-headers.ts';
import { errorAnswer } from './edge/error-answer.ts';
import { GatewayError } from './errors/gateway-error.ts';
import type { Background } from './ports/background.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import { CallScope } from './streams/call-scope.ts';
import { NotedOperations, timed } from './timed.ts';
import { randomHex, type StartTrace } from './trace/start-trace.ts';

export interface LifeDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settle: Settle;
  readonly startTrace: StartTrace;
  readonly totalMs: number;
}

/** One request from its beginning to its account: the record the stages fill, the scope the upstream hears, one end. */
export class CallLife {
  readonly record: CallRecord;
  readonly #deps: LifeDeps;
  readonly #background: Background;
  readonly #over = Promise.withResolvers<void>();
  #scope: CallScope | null = null;
  #finished = false;
  #openTries = 0;
  /** What the account waits for, where the call goes on for others. */
  #othersCall: Promise<unknown> | null = null;

  constructor(deps: LifeDeps, incoming: Incoming, id: string, background: Background) {
    this.#deps = deps;
    this.#background = background;
    this.record = startRecord(incoming, id, deps.startTrace(incoming.headers));
    // At the edge nothing hears that the client has gone, and nothing runs after it, unless something is held.
    background.waitUntil(this.#over.promise);
  }

  /** Made when it is first asked for: an answer from memory needs neither timers nor signals. */
  get scope(): CallScope {
    if (this.#scope !== null) return this.#scope;
    const { signal, startedAt } = this.record.incoming;
    const { clock, totalMs } = this.#deps;
    this.#scope = new CallScope(clock, signal, totalMs - (this.now - startedAt));
    if (this.#finished) this.#scope.close();
    return this.#scope;
  }

  get now(): number {
    return this.#deps.clock.monotonic();
  }

  /** Headers of the answer as things stand now. */
  headers(): Record<string, string> {
    return answerHeaders(this.record, this.now);
  }

  /** Keeps the runtime alive until `work` ends. */
  hold(work: Promise<unknown>): void {
    this.#background.waitUntil(work);
  }

  /** Does `work` on a store, for the trace. */
  timed<T>(name: StoreOperation['name'], work: () => Promise<T>): Promise<T> {
    return timed({ operations: this.record.operations, now: () => this.now }, name, work);
  }

  /**
   * It is about to be over for this client alone: the provider answers others, and is told by them when to stop. What this
   * client's end looks like is noted when it `finish`es, what the call used when that is over.
   */
  leaveTo(othersCall: Promise<unknown>): void {
    this.#othersCall = othersCall;
  }

  /** A provider is called now. Whoever does it has to `endTry`, whatever comes of it. */
  beginTry(target: Target, isHedge: boolean): AttemptRecord {
    const { record } = this;
    const number = record.tries.length + 1;
    const tried = startTry(`${record.id}-${number}`, number, {
      target,
      isHedge,
      sentAt: this.now,
      spanId: record.trace === null ? null : randomHex(8),
    });
    record.tries.push(tried);
    if (record.answered === null) record.target = target;
    this.#openTries++;
    record.custody?.wake();
    return tried;
  }

  /** What it used and cost is noted: account for it, once. */
  endTry(tried: AttemptRecord, outcome: string): void {
    if (tried.outcome !== null) return;
    tried.outcome = outcome;
    tried.endedAt = this.now;
    this.#deps.settle.attempt(tried);
    this.#openTries--;
    if (this.#finished && this.#othersCall === null) this.#closeOnceTried();
  }

  /** The answer is complete, or nobody waits for it any more: account for it, once. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#othersCall !== null) {
      this.#closeAfter(this.#othersCall);
      return;
    }
    this.record.endedAt = this.now;
    this.#closeOnceTried();
  }

  /** An attempt that was given up ends a moment after the answer which was better. */
  #closeOnceTried(): void {
    if (this.#openTries === 0) this.#close();
  }

  #closeAfter(othersCall: Promise<unknown>): void {
    const { status, error, disconnect, cache, streamed } = this.record;
    const close = () => {
      Object.assign(this.record, { status, error, disconnect, cache, streamed });
      this.#close();
    };
    othersCall.then(close, close);
  }

  #close(): void {
    this.#scope?.close();
    this.record.endedAt ??= this.now;
    this.#deps.settle.request(this.record, this.#background);
    this.#over.resolve();
  }

  /** Ends the request with an answer of the gateway's own, in JSON. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): Answer {
    this.record.status = status;
    const all = { ...headers, ...this.headers(), 'content-type': 'application/json' };
    this.finish();
    return { status, headers: all, body };
  }

  /** Ends the request with an error in the caller's dialect. */
  refuse(fault: unknown): Answer {
    const { record } = this;
    const error = fault instanceof GatewayError ? fault : this.#unexpected(fault);
    record.error = error.code;
    record.status = error.status;
    if (error.code === 'client_closed') record.disconnect = 'before_first_byte';
    this.#logCause(error);
    const answer = errorAnswer(error, record.incoming.errorDialect, record.incoming.requestId);
    Object.assign(answer.headers, this.headers());
    this.finish();
    return answer;
  }

  /** A defect of the gateway itself: the client learns nothing of it but the request id. */
  #unexpected(cause: unknown): GatewayError {
    return new GatewayError('internal_error', 'The gateway failed: report the request id to its operator.', {
      cause,
    });
  }

  /** What the client must not see is for the operator: faults with their hosts, defects with their stack. */
  #logCause({ code, cause }: GatewayError): void {
    if (!(cause instanceof Error) || code === 'client_closed') return;
    this.#deps.logger.log(code === 'internal_error' ? 'error' : 'warn', 'request failed', {
      request_id: this.record.incoming.requestId,
      code,
      cause: cause.message,
      stack: code === 'internal_error' ? cause.stack : undefined,
    });
  }
}

function startRecord(incoming: Incoming, id: string, trace: RequestTrace | null): CallRecord {
  return {
    incoming,
    id,
    trace,
    cacheSpanId: trace === null ? null : randomHex(8),
    operations: trace === null ? null : new NotedOperations(),
    principal: null,
    custody: null,
    tags: [],
    call: null,
    target: null,
    cache: 'bypass',
    tries: [],
    answered: null,
    rehearsal: null,
    isAside: false,
    continued: false,
    status: 0,
    streamed: false,
    error: null,
    disconnect: null,
    saved: 0,
    endedAt: null,
  };
}

function startTry(
  id: string,
  number: number,
  begun: Pick<AttemptRecord, 'target' | 'isHedge' | 'sentAt' | 'spanId'>,
): AttemptRecord {
  return {
    id,
    number,
    ...begun,
    outcome: null,
    status: null,
    usage: null,
    cost: null,
    measure: null,
    facts: null,
    reply: null,
    said: null,
    headersAt: null,
    firstByteAt: null,
    endedAt: null,
  };
}
