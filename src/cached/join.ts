import { METRICS } from '../account/instruments.ts';
import type { Flight } from '../cache/flight.ts';
import { Flights } from '../cache/flights.ts';
import type { CallLife } from '../call-life.ts';
import type { Prepared } from '../dispatch.ts';
import type { Answer } from '../domain/answer.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Asked } from './asked.ts';
import type { Fly } from './fly.ts';
import { type Head, headOf, sharedHeaders } from './head.ts';
import type { Lease, LeaseOutcome } from './lease.ts';
import { type PassengerEnd, passengerTap } from './passenger-tap.ts';
import { Seat } from './seat.ts';

export interface JoinDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly fly: Fly;
  /** Null: no other process can know the answer. */
  readonly lease: Lease | null;
  /** The longest time of any call, in milliseconds. */
  readonly totalMs: number;
  /** False where what one request has begun may not be used by another (workerd's request contexts). */
  readonly sharesFlights: boolean;
}

/** What another process has answered by now; null: nothing yet. Never rejects. */
export type LookElsewhere = () => Promise<Answer | null>;

/** Equal calls at the same time share one call of the provider. */
export interface Join {
  /** Whether another call waits for the same answer. */
  isUnderWay(asked: Asked): boolean;
  /**
   * @param elsewhere null: the answer is not to come from another process
   * @throws GatewayError
   */
  join(asked: Asked, elsewhere: LookElsewhere | null): Promise<Answer>;
  /** Fetches a new answer behind the one that was given. */
  renew(asked: Asked): void;
}

/** Of one stream, and of all that are under way in this process. */
const MAX_RECORDED_BYTES = 8 << 20;
const MAX_RECORDING_BYTES = 64 << 20;

export function createJoin({ clock, metrics, fly, lease, totalMs, sharesFlights }: JoinDeps): Join {
  const flights = new Flights<Head>({ maxBytes: MAX_RECORDED_BYTES, maxTotalBytes: MAX_RECORDING_BYTES });

  return {
    isUnderWay: (asked) => flights.find(flightKey(asked)) !== null,

    /** Who comes first calls the provider; its call ends when the last of those who joined has left. */
    async join(asked, elsewhere) {
      asked.prepared.life.scope.check();
      const flight = flights.find(flightKey(asked));
      return flight === null ? lead(asked, elsewhere) : follow(flight, asked.prepared);
    },

    renew(asked) {
      const key = flightKey(asked);
      // Whoever asks right now brings a new answer as well.
      if (flights.find(key) !== null) return;
      const life = asked.again();
      const { signal } = life.record.incoming;
      const share = (all: AbortSignal) => {
        life.scope.follow(all, totalMs);
        return { signal };
      };
      const { flight, over } = flights.start(key, { call: life.scope.signal, share }, (begun) =>
        fly({ ...asked, prepared: { ...asked.prepared, life } }, begun).catch((fault: unknown) => {
          life.refuse(fault);
          throw fault;
        }),
      );
      const drained = flight.landing.then(({ body }) => drain(body));
      asked.prepared.life.hold(Promise.allSettled([drained, over]));
    },
  };

  /** One form is of no use to who asked for the other, and whoever wants a new answer wants its own. */
  function flightKey({ principal, prepared, key, directives }: Asked): string {
    const { call, life } = prepared;
    const own = sharesFlights && !directives.noCache ? '' : life.record.id;
    return `${principal.tenant} ${key} ${call.stream ? 'stream' : 'whole'} ${own}`;
  }

  /** The client's call of the provider, and the beginning of its answer. */
  async function lead(asked: Asked, elsewhere: LookElsewhere | null): Promise<Answer> {
    const { prepared } = asked;
    const { life, headers } = prepared;
    const seat: Seat = new Seat({
      life,
      clock,
      totalMs,
      tap: ({ target }, all) =>
        passengerTap(prepared, target.provider, (end) => {
          seat.close();
          endLeader(life, end, { all, over });
        }),
    });
    const { flight, over } = flights.start(flightKey(asked), seat, (begun) =>
      callProvider(asked, begun, elsewhere),
    );
    life.hold(over);
    try {
      const { head, body } = await flight.landing;
      if (!(body instanceof ReadableStream)) seat.close();
      return { status: head.status, headers: { ...head.headers, ...headers }, body };
    } catch (fault) {
      seat.close();
      if (seat.isGivenUp) life.leaveTo(over);
      throw fault;
    }
  }

  async function callProvider(
    asked: Asked,
    flight: Flight<Head>,
    elsewhere: LookElsewhere | null,
  ): Promise<void> {
    const { prepared } = asked;
    const turn = await takeTurn(asked, elsewhere);
    if (turn !== null && turn.found !== null) return landFound(flight, turn.found, prepared);
    prepared.life.record.cache = 'miss';
    metrics.add(METRICS.cacheMisses, 1, []);
    try {
      await fly(asked, flight);
    } finally {
      // Nobody's answer waits for it.
      if (turn !== null) prepared.life.hold(turn.release());
    }
  }

  async function takeTurn(
    { principal: { tenant }, prepared: { life }, key }: Asked,
    look: LookElsewhere | null,
  ): Promise<LeaseOutcome<Answer> | null> {
    if (lease === null || look === null) return null;
    const { signal } = life.scope;
    return life.timed('cache lease', () => lease({ tenant, key, signal, look }));
  }

  async function follow(flight: Flight<Head>, prepared: Prepared): Promise<Answer> {
    const { life } = prepared;
    const { record } = life;
    record.cache = 'coalesced';
    const { head, body } = await flight.join({
      signal: life.scope.signal,
      tap: ({ target }) => passengerTap(prepared, target.provider, (end) => endFollower(life, end)),
    });
    record.status = head.status;
    record.target = head.target;
    record.streamed = body instanceof ReadableStream;
    if (head.status >= 400) record.error = `upstream_${head.status}`;
    metrics.add(METRICS.cacheHits, 1, ['coalesced']);
    const headers = sharedHeaders(head, prepared);
    if (!record.streamed) life.finish();
    return { status: head.status, headers, body };
  }
}

function landFound(flight: Flight<Head>, answer: Answer, prepared: Prepared): void {
  const { body } = answer;
  if (!(body instanceof ReadableStream)) flight.land({ head: headOf(answer, prepared), body });
}

function endFollower(life: CallLife, end: PassengerEnd): void {
  const { record } = life;
  if (end === 'left') {
    record.error = 'client_closed';
    record.disconnect = 'streaming';
  } else if (end !== 'whole') {
    record.error = end.fault instanceof GatewayError ? end.fault.code : 'upstream_failed';
  }
  life.finish();
}

/** @param all aborts when nobody is left; `over`: it has ended, whoever wanted it. */
function endLeader(
  life: CallLife,
  end: PassengerEnd,
  { all, over }: { readonly all: AbortSignal; readonly over: Promise<void> },
): void {
  // How the call ends is then how it ends for this client.
  if (end === 'whole') return;
  const leave = () => {
    life.leaveTo(over);
    endFollower(life, end);
  };
  if (end !== 'left') leave();
  else queueMicrotask(() => all.aborted || leave());
}

async function drain(body: Answer['body']): Promise<void> {
  if (!(body instanceof ReadableStream)) return;
  const reader = body.getReader();
  while (!(await reader.read()).done);
}
