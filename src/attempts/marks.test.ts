import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryHealthStore } from '../../adapters/memory/health-store.ts';
import { plan, rig } from '../../tests/support/attempts-rig.ts';
import type { HealthMark, HealthStore } from '../ports/health-store.ts';
import { StoreFault } from '../ports/store-fault.ts';

const A = 'a/one';
const B = 'b/two';
const both = plan([A, B]);
const sick = { [A]: [{ fails: 'timeout' as const }] };

type Mode = 'well' | 'gone' | 'hangs';

/** Two processes that share a store, which can be gone or hang. */
function pair({ watches = true, clearIsLost = false } = {}) {
  const clock = createFakeClock();
  const marks = createMemoryHealthStore({ clock });
  const state: { mode: Mode; marksAsked: number; written: HealthMark[] } = {
    mode: 'well',
    marksAsked: 0,
    written: [],
  };
  const reach = async () => {
    if (state.mode === 'gone') throw new StoreFault('unavailable', 'gone');
    if (state.mode === 'hangs') await new Promise(() => {});
  };
  const store: HealthStore = {
    async mark(mark) {
      await reach();
      state.written.push(mark);
      await marks.mark(mark);
    },
    async clear(spot) {
      await reach();
      if (!clearIsLost) await marks.clear(spot);
    },
    async marks() {
      state.marksAsked += 1;
      await reach();
      return marks.marks();
    },
  };
  const process = () => rig({ clock, sharing: { store, watches } });
  return { clock, state, marks, one: process(), other: process() };
}

/** The first process finds the target sick. */
async function findSick({ one }: ReturnType<typeof pair>) {
  one.steps.set(A, [...sick[A]]);
  for (let i = 0; i < 9; i += 1) await one.run(both);
}

describe('health that processes share', () => {
  it('tells within a second that a breaker has opened, to a process that has calls', async () => {
    const made = pair();
    expect(await made.other.run(both)).toBe(A);
    await findSick(made);
    await made.clock.advance(600);
    expect(await made.other.run(both)).toBe(B);
    expect(made.other.attempts.snapshot([])[0]?.breaker).toBe('open');
    expect(made.other.value('circuit_breaker_state', 'a', 'open')).toBe(1);
  });

  it('tells it to a process that had no call of the target yet', async () => {
    const made = pair();
    await made.other.run(plan([B]));
    await findSick(made);
    await made.clock.advance(600);
    expect(await made.other.run(both)).toBe(B);
  });

  it('tells until when a provider wants no calls, and which of its keys it refuses', async () => {
    const made = pair();
    await made.other.run(both);
    for (const fails of ['rate_limited', 'key_dead'] as const) {
      made.one.steps.set(A, [{ fails, retryAfterMs: 20_000 }]);
      expect(await made.one.run(both)).toBe(B);
      await made.clock.advance(600);
      expect(await made.other.run(both)).toBe(B);
      expect(made.other.tried().at(-1)).toBe(B);
      await made.clock.advance(30_000);
      made.one.steps.set(A, [{}]);
      expect(await made.other.run(both)).toBe(A);
    }
    expect(JSON.stringify(made.state.written)).not.toContain('key-of-a');
  });

  it('has the others probe at once when one has found the target well again', async () => {
    const made = pair();
    await made.other.run(both);
    await findSick(made);
    await made.clock.advance(1_500);
    expect(await made.other.run(both)).toBe(B);
    await made.clock.advance(500);
    made.one.steps.set(A, [{}]);
    expect(await made.one.run(both)).toBe(A);
    await made.clock.advance(600);
    expect(await made.other.run(both)).toBe(A);
  });

  it('tells what the operator drained and restored', async () => {
    const { one, other, clock } = pair();
    await other.run(both);
    await one.attempts.drain('a');
    await clock.advance(600);
    expect(await other.run(both)).toBe(B);
    await other.attempts.restore('a');
    await clock.advance(600);
    expect(await one.run(both)).toBe(A);
  });

  it('lets an operator restore what only other processes know of', async () => {
    const made = pair();
    await findSick(made);
    await made.one.attempts.drain(A);
    await made.other.attempts.restore(A);
    made.one.steps.set(A, [{}]);
    await made.clock.advance(600);
    expect(await made.one.run(both)).toBe(A);
  });

  it('does not take for news what the store still shows of what ended here', async () => {
    const made = pair({ clearIsLost: true });
    await findSick(made);
    await made.clock.advance(2_000);
    await made.marks.mark({ state: 'open', subject: A, until: made.clock.now() + 5_000 });
    await made.clock.advance(600);
    made.one.steps.set(A, [{}]);
    await made.clock.advance(5_000);
    expect(await made.one.run(both)).toBe(A);
    await made.clock.advance(1_200);
    expect(made.one.attempts.snapshot([])[0]?.breaker).toBe('closed');
  });

  for (const mode of ['gone', 'hangs'] as const) {
    it(`goes by what is known here while the store ${mode === 'gone' ? 'is gone' : 'hangs'}, and no call waits`, async () => {
      const made = pair();
      await made.one.run(both);
      made.state.mode = mode;
      const startedAt = made.clock.monotonic();
      await findSick(made);
      expect(await made.one.run(both)).toBe(B);
      expect(made.clock.monotonic()).toBe(startedAt);
      await made.clock.advance(1_500);
      expect(await made.one.run(both)).toBe(B);
      expect(await made.other.run(both)).toBe(A);
      made.state.mode = 'well';
      await made.clock.advance(600);
      made.one.steps.set(A, [{}]);
      expect(await made.one.run(both)).toBe(A);
    });
  }

  it('keeps what the store has forgotten as long as it could not be written', async () => {
    const made = pair();
    await made.one.run(both);
    made.state.mode = 'gone';
    made.one.steps.set(A, [{ fails: 'rate_limited', retryAfterMs: 20_000 }]);
    await made.one.run(both);
    made.state.mode = 'well';
    await made.clock.advance(1_200);
    expect(await made.one.run(both)).toBe(B);
    expect(made.one.tried().filter((id) => id === A)).toHaveLength(2);
  });

  it('tells the operator that a drain did not reach the others', async () => {
    const { one, state } = pair();
    await one.run(both);
    state.mode = 'gone';
    await expect(one.attempts.drain(A)).rejects.toThrow(StoreFault);
    expect(await one.run(both)).toBe(B);
  });

  it('asks twice a second while there are calls, and not for ever', async () => {
    const { one, clock, state } = pair();
    await one.run(both);
    await clock.advance(10_000);
    expect(state.marksAsked).toBe(21);
    await clock.advance(600_000);
    expect(state.marksAsked).toBeLessThan(130);
  });

  it('asks by its calls alone where nothing may run between them, and holds what it began', async () => {
    const { one, clock, state } = pair({ watches: false });
    const held: Promise<unknown>[] = [];
    const call = { hold: (work: Promise<unknown>) => void held.push(work) };
    await one.run(both, call);
    await one.run(both, call);
    expect([state.marksAsked, held.length]).toEqual([1, 1]);
    await clock.advance(10_000);
    expect(state.marksAsked).toBe(1);
    one.steps.set(A, [{ fails: 'rate_limited', retryAfterMs: 20_000 }]);
    await one.run(both, call);
    expect([state.marksAsked, state.written.length, held.length]).toEqual([2, 1, 3]);
    await Promise.all(held);
  });

  it('does not tell of each of many calls that were limited together', async () => {
    const { one, state, clock } = pair();
    one.steps.set(A, [{ fails: 'rate_limited', retryAfterMs: 20_000, afterMs: 100 }]);
    const calls = Array.from({ length: 50 }, () => one.attempts.run(one.call(both)));
    await clock.advance(100);
    await Promise.all(calls);
    expect(state.written).toHaveLength(1);
  });
});
