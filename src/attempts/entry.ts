import type { FailureClass, Outcome, StreamEnding } from '../domain/outcome.ts';
import type { PlannedTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ticket } from '../resilience/breaker.ts';
import type { Leave } from '../resilience/limiter.ts';
import type { AttemptCall } from './call.ts';
import { promptFactor } from './deadlines.ts';
import type { HealthBook } from './health-book.ts';
import type { ProviderHealth } from './provider-health.ts';
import type { TargetHealth } from './target-health.ts';

/** A place at a target: its breaker and its limiter know of the call that is made there. */
export interface Entry {
  readonly target: PlannedTarget;
  readonly health: TargetHealth;
  readonly provider: ProviderHealth;
  readonly key: string | null;
  readonly ticket: Ticket;
  readonly leave: Leave;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
}

/** What a failure says of the target: that it is sick, that it is well, or nothing. */
const VERDICTS: Readonly<Record<FailureClass, boolean | null>> = {
  provider_error: false,
  network: false,
  timeout: false,
  invalid: false,
  caller: true,
  context_too_long: true,
  content_filter: true,
  rate_limited: null,
  key_dead: null,
  cancelled: null,
};

export interface Entries {
  /** @param leave the place at its limiter, which is left when the attempt is over. */
  enter(target: PlannedTarget, key: string | null, leave: Leave): Entry;
  /** Takes in how the attempt ended; a stream, how it began, and later how it ended. */
  settle(entry: Entry, call: AttemptCall<unknown>, outcome: Outcome<unknown>): void;
  /** The attempt ended by a defect of the gateway. */
  abandon(entry: Entry): void;
}

export function createEntries({ clock, book }: { clock: Clock; book: HealthBook }): Entries {
  return {
    enter(target, key, leave) {
      const health = book.target(target);
      const provider = book.provider(target.provider.id);
      provider.nextTurn();
      health.throttle.made();
      const ticket = health.breaker.enterAnyway();
      return { target, health, provider, key, ticket, leave, startedAt: clock.monotonic() };
    },

    settle(entry, call, outcome) {
      if (outcome.ok) answered(entry, call, outcome.ended);
      else failed(entry, call, outcome.failure);
      book.marks.touch(call.hold);
    },

    abandon({ health, ticket, leave }) {
      health.breaker.abandon(ticket);
      leave();
    },
  };

  function answered(entry: Entry, call: AttemptCall<unknown>, ended: Promise<StreamEnding> | undefined) {
    const { health, provider, key, ticket, leave } = entry;
    const ms = clock.monotonic() - entry.startedAt;
    health.breaker.leave(ticket, true);
    health.throttle.wentWell();
    health.latency.observe(ms);
    if (call.stream) health.firstToken.observe(ms / promptFactor(call.promptTokens));
    else health.wholeAnswer.observe(ms);
    book.answered(health, provider, key);
    if (ended === undefined) leave();
    else void ended.then((ending) => streamEnded(entry, call, ending));
  }

  function streamEnded({ health, ticket, leave }: Entry, call: AttemptCall<unknown>, ending: StreamEnding) {
    leave();
    const { broke, longestPauseMs } = ending;
    if (longestPauseMs !== null) health.pauses.observe(longestPauseMs);
    if (broke === null || VERDICTS[broke] !== false) return;
    health.breaker.turn(ticket);
    book.marks.touch(call.hold);
  }

  function failed(entry: Entry, call: AttemptCall<unknown>, failure: FailureFacts) {
    const { health, provider, key, ticket, leave, startedAt } = entry;
    leave();
    // When the whole call is over, the target may have had less time than it needs.
    const verdict = call.signal.aborted ? null : VERDICTS[failure.class];
    if (verdict === true) health.throttle.wentWell();
    if (verdict === null) health.breaker.abandon(ticket);
    else health.breaker.leave(ticket, verdict);
    if (call.clientCredential) return;
    if (failure.class === 'rate_limited') book.limit(health, key, failure.retryAfterMs, startedAt);
    if (failure.class === 'key_dead' && key !== null) book.keyDead(provider, key, startedAt);
  }
}

interface FailureFacts {
  readonly class: FailureClass;
  readonly retryAfterMs: number | null;
}
