import fc from 'fast-check';
import { expect, it } from 'vitest';
import { within } from '../../tests/support/wait.ts';
import { Broadcast } from './broadcast.ts';

/** What may happen next; numbers choose whom it happens to. */
type Step =
  | { readonly name: 'join' }
  | { readonly name: 'turn' }
  | { readonly name: 'read' | 'cancel' | 'abort'; readonly whom: number };

type Ending = 'end' | 'fail';

interface Member {
  readonly controller: AbortController;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly got: number[];
  pending: Promise<void>;
  end: string | null;
  left: boolean;
}

const ROOMY = 1_000_000;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Chunks 0, 1, 2, … as bytes, each after a turn of its own where `late` says so. */
function source(count: number, ending: Ending, late: readonly boolean[]) {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (late[at % late.length]) await nextTurn();
        if (at < count) controller.enqueue(Uint8Array.of(at++));
        else if (ending === 'end') controller.close();
        else controller.error(new Error('reset'));
      },
    },
    { highWaterMark: 0 },
  );
}

function read(member: Member): void {
  member.pending = member.pending.then(async () => {
    if (member.end !== null) return;
    try {
      const { done, value } = await member.reader.read();
      if (done) member.end = 'end';
      else member.got.push(value[0] ?? -1);
    } catch (fault) {
      member.end = fault instanceof Error ? fault.message : String(fault);
    }
  });
}

function leave(member: Member, how: 'cancel' | 'abort'): void {
  member.left = true;
  if (how === 'abort') member.controller.abort('gone');
  else member.reader.cancel('gone').catch(() => {});
}

const whom = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant('join' as const) }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant('turn' as const) }) },
  { weight: 8, arbitrary: fc.record({ name: fc.constant('read' as const), whom }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom('cancel' as const, 'abort' as const), whom }) },
);

const scenario = fc.record({
  steps: fc.array(step, { maxLength: 60 }),
  count: fc.nat(12),
  ending: fc.constantFrom<Ending>('end', 'fail'),
  late: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
  maxBytes: fc.constantFrom(1, 1_200, 4_000, ROOMY),
  total: fc.constantFrom(1, 3_000, ROOMY),
});

it('whatever happens, whoever stays gets all of it in order and one end, and no memory is lost', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, count, ending, late, maxBytes, total }) => {
      const budget = { left: total };
      let abandoned = 0;
      const onAbandoned = () => void abandoned++;
      const broadcast = new Broadcast(source(count, ending, late), { maxBytes, budget, onAbandoned });
      const members: Member[] = [];

      const join = () => {
        if (!broadcast.joinable) return;
        const controller = new AbortController();
        const reader = broadcast.subscribe({ signal: controller.signal, tap: undefined }).getReader();
        members.push({ controller, reader, got: [], pending: Promise.resolve(), end: null, left: false });
      };

      join();
      for (const next of steps) {
        if (next.name === 'join') join();
        else if (next.name === 'turn') await nextTurn();
        else {
          const member = members[next.whom % members.length];
          if (member === undefined) continue;
          if (next.name === 'read') read(member);
          else leave(member, next.name);
        }
      }

      const all = Array.from({ length: count }, (_, i) => i);
      const staying = members.filter(({ left }) => !left);
      // Those who stay read together: past the bound, one alone would wait for the others.
      for (let i = 0; i <= count; i++) for (const member of staying) read(member);
      await within('all who stay have their end', Promise.all(members.map(({ pending }) => pending)));

      for (const { got, end } of staying) {
        expect(got).toEqual(all);
        expect(end).toBe(ending === 'end' ? 'end' : 'reset');
      }
      for (const { got } of members) expect(got).toEqual(all.slice(0, got.length));
      expect(abandoned).toBeLessThanOrEqual(1);
      if (staying.length > 0) expect(abandoned).toBe(0);

      if (abandoned > 0 || staying.length > 0) {
        const recording = await within('the recording', broadcast.recording);
        if (recording !== null) {
          const recorded = recording.chunks.map((chunk) => chunk[0]);
          expect(recorded).toEqual(all.slice(0, recorded.length));
          if (recording.ended) expect([recorded.length, ending]).toEqual([count, 'end']);
        }
        if (staying.length > 0 && ending === 'fail') expect(recording).toBeNull();
        if (staying.length > 0 && ending === 'end' && Math.min(maxBytes, total) === ROOMY)
          expect(recording?.ended).toBe(true);
      }
      broadcast.close();
      expect(budget.left).toBe(total);
    }),
    { numRuns: 300 },
  );
}, 60_000);
