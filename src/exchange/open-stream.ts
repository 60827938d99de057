import type { Failure, FailureClass, Outcome } from '../domain/outcome.ts';
import type { ReplyFacts } from '../domain/reply-facts.ts';
import type { Usage } from '../domain/usage.ts';
import type { StreamTap, UpstreamReply } from '../ports/fetch.ts';
import { createBreakingTap } from '../streams/breaking-tap.ts';
import { HoldingTap } from '../streams/holding-tap.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import type { DialectAttempt } from './attempt.ts';
import { classOfRefusal } from './classify.ts';
import { ContentWatch } from './content-watch.ts';
import type { Given } from './given.ts';
import { StreamRun } from './stream-run.ts';
import type { Try } from './try.ts';
import { headOf } from './upstream.ts';

/** What a tap tells of the stream. */
export type TapEnds = Pick<StreamRun, 'waiting' | 'onFirstByte' | 'onEnd'>;

export interface StreamSource {
  readonly attempt: DialectAttempt;
  readonly tried: Try;
  readonly reply: UpstreamReply;
  /** Makes the tap that gives the client its bytes. */
  readonly makeTap: (ends: TapEnds) => StreamTap;
  /** What the stream used so far. */
  readonly usage: () => Usage;
  /** What it said of itself so far. */
  readonly facts: () => ReplyFacts;
}

/** A stream that told of its failure has this long for its last words, in milliseconds. */
const LAST_WORDS_MS = 250;

/** Who said something that recently is at work: Anthropic pings every few seconds. In milliseconds. */
const AT_WORK_MS = 12_000;

/** Waits for the first content of a stream: with it there is an answer, and without it another target may have one. */
export async function openStream(source: StreamSource): Promise<Outcome<Given>> {
  const { attempt, tried, reply, makeTap, usage, facts } = source;
  const { firstByteMs, idleMs, signal } = attempt.context;
  const watch = new ContentWatch(attempt.call.dialect);
  const refusal = (end: StreamEnd) => refusalOf(watch, attempt, end);
  const run = new StreamRun({ tried, idleMs, usage, refusal });
  tried.measure(usage);
  tried.tells(facts);
  let lookedAt = tried.now;
  const hold = new HoldingTap({
    inner: tried.captured(makeTap(run)),
    watch(bytes) {
      lookedAt = tried.now;
      return watch.feed(bytes);
    },
    ending: () => run.ending,
    onFailing: () => tried.scope.awaitNext(LAST_WORDS_MS),
  });
  run.hold();
  // Some think for long without a word, but show that they are there.
  tried.excuseIf(() => {
    if (hold.isEmpty || tried.now - lookedAt > Math.min(AT_WORK_MS, firstByteMs / 2)) return false;
    hold.open();
    return true;
  });
  const isBroken = () => run.ending === 'broken';
  const tap = attempt.breaks === 'told' ? hold : createBreakingTap(hold, isBroken);
  const body = reply.stream(tap, 'at-once');
  if (!(await hold.opening)) return { ok: false, failure: failure(source, run, watch, hold.held) };
  run.letGo();
  const given = streamed(source, run, body);
  // Nobody reads what is given up before it is given, and where nobody reads, nobody hears of the end.
  signal.addEventListener('abort', () => void body.cancel(signal.reason).catch(() => {}), { once: true });
  return { ok: true, value: given, ended: run.ended };
}

function streamed({ attempt, tried, reply }: StreamSource, run: StreamRun, body: Given['body']): Given {
  return {
    ...headOf(attempt, tried, reply),
    body,
    streamed: true,
    accept: (onOver) => run.accept(onOver),
  };
}

/** What was held, with the words about its end, is what the client gets if no other attempt does better. */
function failure(
  source: StreamSource,
  run: StreamRun,
  watch: ContentWatch,
  held: Uint8Array,
): Failure<Given> {
  const { tried } = source;
  const error = run.over?.error ?? null;
  const give = () => {
    if (error !== null && tried.record.firstByteAt === null) throw error;
    return streamed(source, run, held);
  };
  return { class: classOf(source, run, watch), retryAfterMs: null, give };
}

function classOf({ attempt, tried }: StreamSource, { over }: StreamRun, watch: ContentWatch): FailureClass {
  const { end, error } = over ?? { end: 'cancelled', error: null };
  const told = refusalOf(watch, attempt, end);
  if (told !== null) return told;
  if (error !== null) return tried.classOf(error);
  return end === 'cancelled' ? 'cancelled' : 'provider_error';
}

function refusalOf(watch: ContentWatch, attempt: DialectAttempt, end: StreamEnd): FailureClass | null {
  if (watch.isFiltered) return 'content_filter';
  if (watch.failure !== null) return classOfRefusal(watch.failure, attempt);
  return end === 'cut' && watch.isGarbage ? 'invalid' : null;
}
