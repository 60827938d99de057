import { expect } from 'vitest';
import type { SpanStart, Telemetry } from '../../src/ports/telemetry.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface ReadSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** null while the span runs. */
  readonly endedAt: number | null;
  readonly error: string | null;
}

export interface MadeTelemetry extends Made {
  readonly telemetry: Telemetry;
  /** What was recorded, those that still run included where the driver shows them. */
  spans(): Promise<readonly ReadSpan[]>;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

const start = (fields: Partial<SpanStart> = {}): SpanStart => ({
  name: 'POST /v1/chat/completions',
  kind: 'server',
  parent: null,
  attributes: {},
  ...fields,
});

const VALID = [`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-03`, `cc-${TRACE}-${PARENT}-01-what-comes`];

/** Each of these starts a new trace: https://www.w3.org/TR/trace-context/#traceparent-header */
const INVALID = [
  '',
  'nonsense',
  `00-${TRACE}-${PARENT}`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-01 `,
  `ff-${TRACE}-${PARENT}-01`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${PARENT}-0x`,
  `cc-${TRACE}-${PARENT}-01.more`,
];

/** Holds a driver that records to `src/ports/telemetry.ts`. */
export function telemetryContract(name: string, make: () => Promise<MadeTelemetry>, gaps: Gaps = {}): void {
  contract(`Telemetry: ${name}`, make, gaps, ({ test }) => {
    test('starts a trace of its own and names it for the next hop', async ({ telemetry, spans }) => {
      const span = telemetry.start(start());
      span.end();
      const [recorded] = await spans();
      expect(span.traceparent).toBe(`00-${recorded?.traceId}-${recorded?.spanId}-01`);
      expect(span.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
      expect(recorded?.parentSpanId).toBeNull();
    });

    for (const parent of VALID) {
      test(`goes on with the caller's trace of ${parent}`, async ({ telemetry, spans }) => {
        const span = telemetry.start(start({ parent }));
        span.end();
        expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`));
        expect((await spans())[0]).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
      });
    }

    for (const parent of INVALID) {
      test(`starts a new trace for ${JSON.stringify(parent)}`, async ({ telemetry }) => {
        const span = telemetry.start(start({ parent }));
        span.end();
        expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
        expect(span.traceparent).not.toContain(TRACE);
      });
    }

    test("keeps the caller's choice not to sample", async ({ telemetry }) => {
      const span = telemetry.start(start({ parent: `00-${TRACE}-${PARENT}-00` }));
      expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
      span.end();
    });

    test('links children to parents over two levels', async ({ telemetry, spans }) => {
      const root = telemetry.start(start({ name: 'root' }));
      const child = telemetry.start(start({ name: 'child', kind: 'client', parent: root }));
      const grandchild = telemetry.start(start({ name: 'grandchild', kind: 'internal', parent: child }));
      for (const span of [grandchild, child, root]) span.end();
      const byName = new Map((await spans()).map((span) => [span.name, span]));
      expect(byName.get('child')?.parentSpanId).toBe(byName.get('root')?.spanId);
      expect(byName.get('grandchild')?.parentSpanId).toBe(byName.get('child')?.spanId);
      expect(new Set([...byName.values()].map(({ traceId }) => traceId)).size).toBe(1);
    });

    test('merges attributes until the end, and ends once', async ({ telemetry, spans }) => {
      const attributes = { a: 1, b: 'x', list: ['p', 'q'] };
      const span = telemetry.start(start({ attributes }));
      span.set({ b: 'y', c: true });
      span.end('timeout');
      span.set({ c: false });
      span.end('other');
      const [recorded] = await spans();
      expect(recorded?.attributes).toMatchObject({ a: 1, b: 'y', list: ['p', 'q'], c: true });
      expect(recorded?.error).toBe('timeout');
      expect(recorded?.endedAt).not.toBeNull();
    });

    test('takes a child of a parent that has ended', async ({ telemetry, spans }) => {
      const root = telemetry.start(start({ name: 'root' }));
      root.end();
      telemetry.start(start({ name: 'late', parent: root })).end();
      const [first, late] = await spans();
      expect(late?.parentSpanId).toBe(first?.spanId);
    });
  });
}
