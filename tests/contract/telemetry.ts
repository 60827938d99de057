import { expect } from 'vitest';
import type { SpanData, Telemetry } from '../../src/ports/telemetry.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface ReadSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly kind: SpanData['kind'];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error: string | null;
}

export interface MadeTelemetry extends Made {
  readonly telemetry: Telemetry;
  /** What has arrived, as a receiver reads it. */
  spans(): Promise<readonly ReadSpan[]>;
}

export function span(more: Partial<SpanData> = {}): SpanData {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: null,
    name: 'POST /v1/chat/completions',
    kind: 'server',
    startedAt: 1_700_000_000_000.25,
    endedAt: 1_700_000_000_012.5,
    attributes: {},
    error: null,
    ...more,
  };
}

/** Holds a driver to `src/ports/telemetry.ts`. */
export function telemetryContract(name: string, make: () => Promise<MadeTelemetry>, gaps: Gaps = {}): void {
  contract(`Telemetry: ${name}`, make, gaps, ({ test }) => {
    test('takes the spans of a request together, in order', async ({ telemetry, spans }) => {
      const child = span({
        spanId: 'aaaaaaaaaaaaaaaa',
        parentSpanId: span().spanId,
        name: 'chat m',
        kind: 'client',
      });
      telemetry.record([span(), child]);
      const read = await spans();
      expect(read.map((one) => [one.name, one.kind, one.parentSpanId])).toEqual([
        [span().name, 'server', null],
        ['chat m', 'client', span().spanId],
      ]);
      expect(new Set(read.map(({ traceId }) => traceId))).toEqual(new Set([span().traceId]));
    });

    test('keeps times, attributes of every kind and the error', async ({ telemetry, spans }) => {
      const attributes = { text: 'x', whole: 3, part: 0.5, yes: true, list: ['p', 'q'] };
      telemetry.record([span({ attributes, error: 'timeout' })]);
      const [read] = await spans();
      expect(read).toMatchObject({ attributes, error: 'timeout' });
      expect(read?.startedAt).toBeCloseTo(1_700_000_000_000.25, 2);
      expect(read?.endedAt).toBeCloseTo(1_700_000_000_012.5, 2);
    });

    test('takes nothing without a word', async ({ telemetry, spans }) => {
      telemetry.record([]);
      expect(await spans()).toEqual([]);
    });
  });
}
