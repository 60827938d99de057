import type { Pricer } from '../account/price.ts';
import type { CallLife } from '../call-life.ts';
import type { JsonObject } from '../domain/call.ts';
import type { AttemptContext, FailureClass } from '../domain/outcome.ts';
import type { Target } from '../domain/provider.ts';
import type { AttemptRecord } from '../domain/record.ts';
import type { ReplyFacts } from '../domain/reply-facts.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import { type StreamTap, UpstreamFault } from '../ports/fetch.ts';
import { AttemptScope } from '../streams/attempt-scope.ts';
import { createCapturingTap } from '../streams/capturing-tap.ts';
import { formatTraceparent } from '../trace/traceparent.ts';
import { classOfError } from './classify.ts';

/**
 * A stream that talks but says nothing goes out after that time, though then no other target can be asked: proxies in front
 * give up on an answer that shows nothing for a minute (nginx's `proxy_read_timeout`).
 */
const MAX_QUIET_MS = 25_000;

/** Bytes of a stream that are remembered. */
const MAX_CAPTURED = 256 << 10;

export interface TryDeps {
  readonly clock: Clock;
  readonly price: Pricer;
  /** What was said is to be seen in the traces. */
  readonly capturesContent: boolean;
}

/** A call of a provider on its way: what it used and cost, and that it is accounted for once it is over. */
export class Try {
  readonly record: AttemptRecord;
  readonly scope: AttemptScope;
  readonly #deps: TryDeps;
  readonly #life: CallLife;
  readonly #context: AttemptContext;
  readonly #input: Usage | null;

  /** @param input what it uses at least, once it went out; null: nobody can tell */
  constructor(deps: TryDeps, life: CallLife, target: Target, context: AttemptContext, input: Usage | null) {
    this.#deps = deps;
    this.#life = life;
    this.#context = context;
    this.#input = input;
    this.scope = new AttemptScope(deps.clock, context.signal);
    this.record = life.beginTry(target, context.isHedge);
    this.record.usage = input;
  }

  /** Monotonic milliseconds. */
  get now(): number {
    return this.#life.now;
  }

  /** Milliseconds until a streamed answer has to have begun. */
  get leftToBeginMs(): number {
    return this.#context.firstByteMs - (this.now - this.record.sentAt);
  }

  awaitBeginning(): void {
    this.scope.awaitBeginning(Math.min(this.#context.firstByteMs, MAX_QUIET_MS));
    this.scope.excuse(() => this.leftToBeginMs);
  }

  /** @param isAtWork asked when it is time: it shows no beginning, but it shows something */
  excuseIf(isAtWork: () => boolean): void {
    this.scope.excuse(() => (isAtWork() ? Number.POSITIVE_INFINITY : this.leftToBeginMs));
  }

  /** The span of this call is what the provider's spans are below; where nothing is traced, the client's header passes. */
  traceHeaders(): Record<string, string> {
    const { trace } = this.#life.record;
    const { spanId } = this.record;
    if (trace === null || spanId === null) return {};
    return { traceparent: formatTraceparent({ ...trace, spanId }) };
  }

  headers(status: number): void {
    this.record.status = status;
    this.record.headersAt = this.now;
  }

  firstByte(): void {
    this.record.firstByteAt = this.now;
  }

  /** From now on, `used` tells what the answer under way used so far. */
  measure(used: () => Usage): void {
    this.record.measure = used;
  }

  /** `facts` tells what the answer says of itself so far. */
  tells(facts: () => ReplyFacts): void {
    this.record.facts = facts;
  }

  /** The whole answer, in the client's dialect. */
  answers(reply: JsonObject): void {
    this.record.reply = reply;
  }

  /** Remembers what goes out to the client, where that may be seen. */
  says(text: () => string): void {
    if (this.#deps.capturesContent) this.record.said = text;
  }

  /** The same for a stream. */
  captured(tap: StreamTap): StreamTap {
    if (!this.#deps.capturesContent) return tap;
    const capturing = createCapturingTap(tap, MAX_CAPTURED);
    this.record.said = () => capturing.text();
    return capturing;
  }

  charge(usage: Usage): void {
    const { provider, model } = this.record.target;
    this.record.usage = usage;
    this.record.cost = this.#deps.price(provider.id, model, usage, this.#deps.clock.now());
  }

  free(): void {
    this.record.usage = null;
    this.record.cost = 0;
  }

  /** @param outcome `ok`, or what ended it */
  end(outcome: string): void {
    this.scope.close();
    this.#life.endTry(this.record, outcome);
  }

  classOf(error: GatewayError): FailureClass {
    return this.#context.signal.aborted ? 'cancelled' : classOfError(error);
  }

  /** What ends it with the whole call is named by its own name; a race that was lost is just `cancelled`. */
  nameOf(error: GatewayError): string {
    const ofClass = this.classOf(error);
    return ofClass === 'cancelled' && error === this.#life.scope.signal.reason ? error.code : ofClass;
  }

  /** Providers charge nothing for a refusal or a failed connection; for an answer we gave up on they may. */
  fail(error: unknown): void {
    if (!(error instanceof GatewayError)) {
      this.free();
      this.end('internal_error');
      return;
    }
    const ofClass = this.classOf(error);
    const gaveUp =
      ofClass === 'cancelled' || (ofClass === 'timeout' && !(error.cause instanceof UpstreamFault));
    if (!gaveUp) this.free();
    else if (this.#input !== null) this.charge(this.#input);
    this.end(this.nameOf(error));
  }

  /** The same for what the gateway makes of the reply. @returns the error, to be thrown */
  failed(error: GatewayError): GatewayError {
    this.fail(error);
    return error;
  }
}
