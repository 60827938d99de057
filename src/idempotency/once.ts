import { joinBytes } from '../bytes.ts';
import { isCompleteReply, isCompleteStream } from '../cache/complete.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import type { KeptEnding } from '../domain/cache-policy.ts';
import type { Call } from '../domain/call.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import { pause } from '../resilience/backoff.ts';
import { relay } from '../streams/relay.ts';
import type { OnceCall } from './asked.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { createRecordingTap } from './recording-tap.ts';
import { replay } from './replay.ts';
import { readAnswer, type StoredAnswer, writeAnswer } from './stored-answer.ts';

export interface OnceDeps {
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** The longest time of any call: for so long at most one is under way. */
  readonly totalMs: number;
  /** The store failed: the call is made as if it had no key. */
  readonly onError: () => void;
}

/**
 * Makes a call, or answers with what the first call with the same `Idempotency-Key` was answered.
 * @throws GatewayError what `make` throws; `idempotency_mismatch` for another call under the same key, `conflict` when the
 * first is still under way after a while.
 */
export type Once = (principal: Principal, once: OnceCall, make: () => Promise<Answer>) => Promise<Answer>;

const KEPT_MS = 24 * 3600 * 1000;
/** Answers of a megabyte are rare; larger ones are made anew. */
const MAX_BYTES = 1 << 20;
/** So long a retry waits for the first call, before its client is told to come back. */
const MAX_WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
/** What an answer was cut short by is for the client to judge: it was charged. */
const KEPT_ENDINGS: readonly KeptEnding[] = ['truncated', 'refused', 'filtered'];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function createOnce({ store, clock, sha256, totalMs, onError }: OnceDeps): Once {
  return async function once(principal, asked, make) {
    const { incoming } = asked.life.record;
    const key = idempotencyKeyOf(incoming.headers);
    if (key === null) return make();
    const slot: Slot = {
      tenant: principal.tenant,
      name: `idempotency.${await sha256(key)}`,
      fingerprint: await sha256(`${asked.call.endpoint}${incoming.query}\n${asked.call.body.text}`),
    };
    const turn = await takeTurn(slot, asked.life).catch(unlessTold);
    if (turn === 'unknown') return make();
    return turn === 'first' ? lead(slot, asked, make) : replay(turn, asked);
  };

  /** The first answer, or the right to give it. */
  async function takeTurn(slot: Slot, { scope }: CallLife): Promise<StoredAnswer | 'first'> {
    const endsAt = clock.monotonic() + MAX_WAIT_MS;
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
      const turn = await turnNow(slot);
      if (turn !== null) return turn;
      if (clock.monotonic() >= endsAt) throw stillUnderWay();
      await pause(clock, ms, scope.signal);
    }
  }

  /** Null: another call has the right to the first answer. Who gets it and does not make the call gives it back. */
  async function turnNow(slot: Slot): Promise<StoredAnswer | 'first' | null> {
    const isFree = await store.acquire(slot.tenant, slot.name, totalMs);
    let isTaken = false;
    try {
      const answer = await find(slot);
      isTaken = isFree && answer === null;
      return isTaken ? 'first' : answer;
    } finally {
      if (isFree && !isTaken) await store.release(slot.tenant, slot.name).catch(onError);
    }
  }

  async function find({ tenant, name, fingerprint }: Slot): Promise<StoredAnswer | null> {
    const bytes = await store.get(tenant, name);
    const answer = bytes === null ? null : readAnswer(bytes);
    if (answer === null || answer.fingerprint === fingerprint) return answer;
    throw new GatewayError(
      'idempotency_mismatch',
      'This Idempotency-Key was sent with another request before: give each request a key of its own.',
    );
  }

  /** A store that fails must not stand in the way: the call is made as if it had no key. */
  function unlessTold(fault: unknown): 'unknown' {
    if (fault instanceof GatewayError) throw fault;
    onError();
    return 'unknown';
  }

  async function lead(slot: Slot, asked: OnceCall, make: () => Promise<Answer>): Promise<Answer> {
    const { life } = asked;
    const over = Promise.withResolvers<void>();
    life.hold(over.promise);
    const finish = (body: Uint8Array | null, answer: Answer | null) =>
      settle(slot, body, answer).catch(onError).finally(over.resolve);
    try {
      const answer = await make();
      const { body } = answer;
      if (!(body instanceof ReadableStream)) {
        void finish(wholeBody(asked.call, answer), answer);
        return answer;
      }
      const tap = createRecordingTap(MAX_BYTES, (chunks) => {
        const recording = chunks === null ? null : { chunks, ended: true };
        const isKept = recording !== null && isCompleteStream(asked.call.dialect, recording, KEPT_ENDINGS);
        void finish(isKept ? joinBytes(recording.chunks) : null, answer);
      });
      return { ...answer, body: relay(body, tap) };
    } catch (fault) {
      void finish(null, null);
      throw fault;
    }
  }

  /** Keeps an answer that is worth it, and lets others have their turn. */
  async function settle(slot: Slot, body: Uint8Array | null, answer: Answer | null): Promise<void> {
    const { tenant, name, fingerprint } = slot;
    try {
      if (body === null || answer === null || answer.status < 200 || answer.status >= 300) return;
      const { status, headers } = answer;
      await store.set(tenant, name, writeAnswer({ fingerprint, status, headers, body }), KEPT_MS);
    } finally {
      await store.release(tenant, name);
    }
  }
}

/** Where the answer to a key is kept, and which call it has to answer. */
interface Slot {
  readonly tenant: string;
  readonly name: string;
  readonly fingerprint: string;
}

/** Null for what is not kept: what is no complete answer, or too much. */
function wholeBody({ dialect, stream }: Call, { body }: Answer): Uint8Array | null {
  if (body === null || body instanceof ReadableStream || body.length > MAX_BYTES) return null;
  const text = typeof body === 'string' ? body : decoder.decode(body);
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const isWhole = stream
    ? isCompleteStream(dialect, { chunks: [bytes], ended: true }, KEPT_ENDINGS)
    : isCompleteReply(dialect, text, KEPT_ENDINGS);
  return isWhole ? bytes : null;
}

function stillUnderWay(): GatewayError {
  return new GatewayError(
    'conflict',
    'The first request with this Idempotency-Key is still under way: try again.',
    { retryAfter: '5' },
  );
}
