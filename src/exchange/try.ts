import type { Pricer } from '../account/price.ts';
import type { CallLife } from '../call-life.ts';
import type { Target } from '../domain/provider.ts';
import type { AttemptRecord } from '../domain/record.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';

export interface TryDeps {
  readonly clock: Clock;
  readonly price: Pricer;
}

/** The gateway left before the answer was there, so it may have been made. */
const GIVEN_UP: ReadonlySet<string> = new Set(['client_closed', 'upstream_timeout', 'budget_exceeded']);

/** A call of a provider on its way: what it used and cost, and that it is accounted for once it is over. */
export class Try {
  readonly record: AttemptRecord;
  readonly #deps: TryDeps;
  readonly #life: CallLife;
  readonly #input: Usage | null;

  /** @param input what it uses at least, once it went out; null: nobody can tell */
  constructor(deps: TryDeps, life: CallLife, target: Target, input: Usage | null) {
    this.#deps = deps;
    this.#life = life;
    this.#input = input;
    this.record = life.beginTry(target, false);
    this.record.usage = input;
  }

  headers(status: number): void {
    this.record.status = status;
    this.record.headersAt = this.#life.now;
  }

  firstByte(): void {
    this.record.firstByteAt = this.#life.now;
  }

  /** From now on, `used` tells what the answer under way used so far. */
  measure(used: () => Usage): void {
    this.record.measure = used;
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
    this.#life.endTry(this.record, outcome);
  }

  /** Providers charge nothing for a refusal or a failed connection; for an answer we gave up on they may. */
  fail(error: unknown): void {
    const code = error instanceof GatewayError ? error.code : 'internal_error';
    const gaveUp = GIVEN_UP.has(code);
    if (!gaveUp) this.free();
    else if (this.#input !== null) this.charge(this.#input);
    this.end(code);
  }

  /** The same for what the gateway makes of the reply. @returns the error, to be thrown */
  failed(error: GatewayError): GatewayError {
    this.fail(error);
    return error;
  }
}
