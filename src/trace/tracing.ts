import type { TelemetryConfig } from '../config/config.ts';
import type { CallRecord } from '../domain/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type SpanOptions, spansOf } from './spans.ts';

export interface TracingDeps extends Pick<SpanOptions, 'guard' | 'cost' | 'content'> {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Records the spans of a request that is over. Never throws. */
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
    const { trace } = record;
    if (trace === null || !(trace.sampled || isNotable(record, slowMs))) return;
    const epoch = clock.now() - clock.monotonic();
    telemetry.record(spansOf(record, trace, { epoch, legacyNames, guard, cost, content }));
  };
}

function isNotable({ status, error, tries, incoming, endedAt }: CallRecord, slowMs: number): boolean {
  if (status >= 500 || error !== null) return true;
  if (tries.some(({ outcome }) => outcome !== 'ok')) return true;
  return (endedAt ?? incoming.startedAt) - incoming.startedAt >= slowMs;
}
