import type { CacheStatus } from './answer.ts';
import type { Call, Incoming, JsonObject } from './call.ts';
import type { Custody } from './claim.ts';
import type { Principal } from './principal.ts';
import type { Target } from './provider.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { ReplyFacts } from './reply-facts.ts';
import type { RequestTrace } from './trace.ts';
import type { NanoUsd, Usage } from './usage.ts';

/** Where a client was when it left. */
export type DisconnectPhase = 'before_first_byte' | 'streaming';

/** One call of a provider. A request has as many as were needed; each is measured, priced and entered into the ledger. */
export interface AttemptRecord {
  /** What the ledger counts once. */
  readonly id: string;
  /** From 1. */
  readonly number: number;
  readonly target: Target;
  readonly isHedge: boolean;
  /** Of its span; null: nothing is traced. */
  readonly spanId: string | null;
  /** `ok`, a `FailureClass`, or the code of the error that ended it; null: it is under way. */
  outcome: string | null;
  /** HTTP status of the provider; null: there was none. */
  status: number | null;
  usage: Usage | null;
  /** null: no price is known, which is not the same as free. */
  cost: NanoUsd | null;
  /** What the answer under way used so far; null: `usage` says it. */
  measure: (() => Usage) | null;
  /** What the answer says of itself, so far; null: there is none, or none that is read. */
  facts: (() => ReplyFacts) | null;
  /** What a whole answer says, in the client's dialect; null: there is none, or it is a stream. */
  reply: JsonObject | null;
  /** The answer in the client's dialect, as far as it came; null: there is none, or nobody may see it. */
  said: (() => string) | null;
  /** Monotonic milliseconds; null while it has not happened. */
  readonly sentAt: number;
  headersAt: number | null;
  firstByteAt: number | null;
  endedAt: number | null;
}

/** A word with one of the gateway's stores, which is over. */
export interface StoreOperation {
  readonly name: 'cache get' | 'cache lease' | 'cache set' | 'limits claim' | 'limits settle';
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
}

/** What was said to stores for a request, some of it after the answer. */
export interface StoreOperations {
  add(operation: StoreOperation): void;
  /** Those that are over, in the order of their ends. Whatever ends from now on is told to `late`. */
  take(late: (operation: StoreOperation) => void): readonly StoreOperation[];
}

/**
 * What is known of a request so far: the stages' results in one place, written by `gateway.ts` alone, read for
 * response headers and, once it is over, for the account.
 */
export interface CallRecord {
  readonly incoming: Incoming;
  /** Unlike the request id, which a client may choose, this one names no other request. */
  readonly id: string;
  /** Null: nothing is traced. */
  readonly trace: RequestTrace | null;
  /** Of the look into the cache; null: nothing is traced. */
  readonly cacheSpanId: string | null;
  /** Null: nothing is traced. */
  readonly operations: StoreOperations | null;
  principal: Principal | null;
  /** Null: it holds nothing. */
  custody: Custody | null;
  /** `name=value`, of the key and of the request. */
  tags: readonly string[];
  call: Call | null;
  /** Of the attempt that answers; until one does, of the last that was begun, or what the plan begins with. */
  target: Target | null;
  cache: CacheStatus;
  /** In the order in which they were begun. */
  readonly tries: AttemptRecord[];
  /** The attempt whose answer the client gets; null: none, or an answer that another request paid for. */
  answered: AttemptRecord | null;
  /** A failure that the first target is to show; null: none. */
  rehearsal: Rehearsal | null;
  /** Nobody waits for its answer: an entry of the cache is renewed. */
  isAside: boolean;
  /** Another attempt went on with its stream. */
  continued: boolean;
  /** HTTP status for the client; 499 when it left before there was one. */
  status: number;
  streamed: boolean;
  /** Error code of the gateway, or how an upstream stream ended; null when all went well. */
  error: string | null;
  disconnect: DisconnectPhase | null;
  /** What an answer from the cache would have cost; 0: it is from a provider. */
  saved: NanoUsd;
  /** Monotonic milliseconds; null while it has not happened. */
  endedAt: number | null;
}
