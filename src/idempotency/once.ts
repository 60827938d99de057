import { joinBytes } from '../bytes.ts';
import { isCompleteReply, isCompleteStream } from '../cache/complete.ts';
import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import type { KeptEnding } from '../domain/cache-policy.ts';
import type { Call } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Principal } from '../domain/principal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sha256 } from '../ports/hash.ts';
import { pause } from '../resilience/backoff.ts';
import { relay } from '../streams/relay.ts';
import type { OnceCall } from './asked.ts';
import { createFirstAnswers, type Slot } from './first-answers.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { createRecordingTap } from './recording-tap.ts';
import { replay } from './replay.ts';
import { isSuccess, type StoredAnswer } from './stored-answer.ts';

export interface OnceDeps {
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** The longest time of any call: for so long at most one is under way. */
  readonly totalMs: number;
  /** The store failed: the call is made all the same. */
  readonly onError: () => void;
}

/**
 * Makes a call, or answers with what the first call with the same `Idempotency-Key` was answered.
 * @throws GatewayError what `make` throws; `idempotency_mismatch` for another call under the same key, `conflict` when the
 * first is still under way after a while.
 */
export type Once = (principal: Principal, once: OnceCall, make: () => Promise<Answer>) => Promise<Answer>;

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

/** To be called: `first`, or `unsure` of it since the store failed; `alone`: as if the call had no key. */
type Turn = 'first' | 'unsure' | 'alone';

export function createOnce({ store, clock, sha256, totalMs, onError }: OnceDeps): Once {
  const answers = createFirstAnswers({ store, clock, claimMs: totalMs, onError });

  return async function once(principal, asked, make) {
    const { incoming } = asked.life.record;
    const key = idempotencyKeyOf(incoming.headers);
    if (key === null) return make();
    const slot: Slot = {
      tenant: principal.tenant,
      name: `idempotency.${await sha256(key)}`,
      fingerprint: await sha256(`${asked.call.endpoint}${incoming.query}\n${asked.call.body.text}`),
    };
    const turn = await takeTurn(slot, asked.life);
    if (turn === 'alone') return make();
    return typeof turn === 'string' ? lead(slot, asked, make, turn === 'first') : replay(turn, asked);
  };

  /** The first answer, or what to do without it. */
  async function takeTurn(slot: Slot, life: CallLife): Promise<StoredAnswer | Turn> {
    const endsAt = clock.monotonic() + MAX_WAIT_MS;
    /** Somebody else's claim is not for this call to end. */
    let isOthers = false;
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
      // In this order: whoever releases has kept its answer before.
      const claimed = await answers.claim(slot);
      const found = claimed === 'unknown' ? 'unknown' : await answers.find(slot);
      if (found !== null && found !== 'unknown') {
        if (claimed === 'ours') life.hold(answers.release(slot));
        return answerTo(slot, found);
      }
      // A store that fails must not stand in the way.
      if (claimed === 'ours') return found === null ? 'first' : 'unsure';
      if (claimed === 'unknown' && !isOthers) return 'unsure';
      if (claimed !== 'taken' || found === 'unknown') return 'alone';
      isOthers = true;
      if (clock.monotonic() >= endsAt) throw stillUnderWay();
      await pause(clock, ms, life.scope.signal);
    }
  }

  /** Makes the call, keeps an answer that is worth it, and lets others have their turn. */
  async function lead(
    slot: Slot,
    asked: OnceCall,
    make: () => Promise<Answer>,
    isFirst: boolean,
  ): Promise<Answer> {
    const { life, call } = asked;
    const over = Promise.withResolvers<void>();
    life.hold(over.promise);
    const finish = async (body: Uint8Array | null, { status, headers }: Omit<Answer, 'body'>) => {
      if (body !== null && isSuccess(status)) await answers.keep(slot, { status, headers, body }, isFirst);
      await answers.release(slot);
      over.resolve();
    };
    try {
      const answer = await make();
      const { body } = answer;
      if (!(body instanceof ReadableStream)) {
        void finish(wholeBody(call, answer), answer);
        return answer;
      }
      const tap = createRecordingTap(MAX_BYTES, (chunks) => {
        const recording = chunks === null ? null : { chunks, ended: true };
        const isKept = recording !== null && isCompleteStream(call.dialect, recording, KEPT_ENDINGS);
        void finish(isKept ? joinBytes(recording.chunks) : null, answer);
      });
      return { ...answer, body: relay(body, tap) };
    } catch (fault) {
      void answers.release(slot).then(over.resolve);
      throw fault;
    }
  }
}

/** @throws GatewayError when it is the answer to another call. */
function answerTo({ fingerprint }: Slot, answer: StoredAnswer): StoredAnswer {
  if (answer.fingerprint === fingerprint) return answer;
  throw new GatewayError(
    'idempotency_mismatch',
    'This Idempotency-Key was sent with another request before: give each request a key of its own.',
  );
}

/** Null for what is not kept: what is no complete answer, or too much. */
function wholeBody({ dialect, stream }: Call, { body }: Answer): Uint8Array | null {
  if (body === null || body instanceof ReadableStream || body.length > MAX_BYTES) return null;
  const text = typeof body === 'string' ? body : decoder.decode(body);
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const isWhole = stream
    ? isCompleteStream(dialect, { chunks: [bytes], ended: true }, KEPT_ENDINGS)
    : isCompleteJson(dialect, text);
  return isWhole ? bytes : null;
}

function isCompleteJson(dialect: Dialect, text: string): boolean {
  const reply = parseObject(text);
  return reply !== null && isCompleteReply(dialect, reply, KEPT_ENDINGS);
}

function stillUnderWay(): GatewayError {
  return new GatewayError(
    'conflict',
    'The first request with this Idempotency-Key is still under way: try again.',
    { retryAfter: '5' },
  );
}
