import type { TelemetryConfig } from '../config/config.ts';
import type { CallRecord } from '../domain/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type SpanOptions, spansOf, storeSpan } from './spans.ts';

export interface TracingDeps extends Pick<SpanOptions, 'guard' | 'cost' | 'content'> {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Records the spans of a request that is over, and whatever is said to a store for it later. Never throws. */
export type NoteTrace = (record: CallRecord) => void;

/**
 * Spans are made of the record when all is known, so that a call pays for its trace only at its end, and those that failed or
 * were slow are kept though nobody chose them at the beginning.
 */
export function createNoteTrace(
  { clock, telemetry, guard, cost, content }: TracingDeps,
  { slowMs, legacyNames }: Pick<TelemetryConfig, 'slowMs' | 'legacyNames'>,
): NoteTrace {
  return function noteTrace(record) {
    const { trace, operations } = record;
    if (trace === null || !(trace.sampled || isNotable(record, slowMs))) return;
    const epoch = clock.now() - clock.monotonic();
    const done = operations?.take((one) => telemetry.record([storeSpan(one, trace, epoch)])) ?? [];
    telemetry.record([
      ...spansOf(record, trace, { epoch, legacyNames, guard, cost, content }),
      ...done.map((one) => storeSpan(one, trace, epoch)),
    ]);
  };
}

function isNotable({ status, error, tries, incoming, endedAt }: CallRecord, slowMs: number): boolean {
  if (status >= 500 || error !== null) return true;
  if (tries.some(({ outcome }) => outcome !== 'ok')) return true;
  return (endedAt ?? incoming.startedAt) - incoming.startedAt >= slowMs;
}
