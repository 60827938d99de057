import { describe, expect, it } from 'vitest';
import { plan, type Rig, rig, target } from '../../tests/support/attempts-rig.ts';

const A = 'a/one';
const B = 'b/two';
const hedged = (more = {}) => plan([A, B], { hedge: true, ...more });

/** A route whose first target usually answers after 200 ms. */
async function warm({ calls = 40, ...more }: Rig & { calls?: number } = {}) {
  const made = rig({ script: { [A]: [{ afterMs: 200 }] }, ...more });
  for (let i = 0; i < calls; i += 1) await made.run(hedged());
  made.made.length = 0;
  const firstAt = made.clock.monotonic();
  return { ...made, at: () => made.made.map(({ at }) => at - firstAt) };
}

describe('a hedge', () => {
  it('is started when the first token is later than 95 of 100, and the first answer counts', async () => {
    const { run, steps, made, at, tried, value } = await warm();
    steps.set(A, [{ afterMs: 10_000 }]);
    steps.set(B, [{ afterMs: 50 }]);
    expect(await run(hedged())).toBe(B);
    expect(tried()).toEqual([A, B]);
    expect(at()[1]).toBeGreaterThanOrEqual(200);
    expect(at()[1]).toBeLessThan(230);
    expect(made.map(({ context }) => [context.number, context.isHedge])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(made[0]?.context.signal.reason).toMatchObject({ code: 'client_closed' });
    expect(made[1]?.context.signal.aborted).toBe(false);
    expect(value('fallbacks_total', A, B, 'slow')).toBe(1);
  });

  it('is told to stop when the first answers after all', async () => {
    const { run, steps, made } = await warm();
    steps.set(A, [{ afterMs: 300 }]);
    steps.set(B, [{ afterMs: 10_000 }]);
    expect(await run(hedged())).toBe(A);
    expect(made.map(({ context }) => context.signal.aborted)).toEqual([false, true]);
  });

  it('goes on alone when the first fails, and the way goes on when it fails as well', async () => {
    const { run, steps, tried } = await warm();
    steps.set(A, [{ afterMs: 300, fails: 'timeout' }]);
    steps.set(B, [{ afterMs: 1_000 }]);
    expect(await run(hedged())).toBe(B);
    steps.set(B, [{ afterMs: 1_000, fails: 'timeout' }]);
    const third = plan([A, B, 'c/three'], { hedge: true });
    for (let i = 0; i < 40; i += 1) await run(plan(['d/four'], { hedge: true }));
    expect(await run(third)).toBe('c/three');
    expect(tried().slice(-3)).toEqual([A, B, 'c/three']);
  });

  it('is not waited for when the first shows that no target can answer', async () => {
    const { run, steps, made } = await warm();
    steps.set(A, [{ afterMs: 300, fails: 'caller' }]);
    steps.set(B, [{ afterMs: 10_000 }]);
    expect(await run(hedged())).toBe(`caller of ${A}`);
    expect(made[1]?.context.signal.aborted).toBe(true);
  });

  it('is made for one call in twenty at most', async () => {
    const { run, steps, made } = await warm();
    steps.set(A, [{ afterMs: 280 }]);
    // Fewer than would move the usual time.
    for (let i = 0; i < 4; i += 1) await run(hedged());
    expect(made.filter(({ context }) => context.isHedge).length).toBeLessThanOrEqual(2);
    expect(made.filter(({ context }) => context.isHedge).length).toBeGreaterThan(0);
  });

  it('is not made without an attempt left, another target, a usual time, or the route asking for it', async () => {
    const slow = async (of: ReturnType<typeof plan>, calls = 40) => {
      const { run, steps, tried } = await warm({ calls });
      steps.set(A, [{ afterMs: 10_000 }]);
      await run(of);
      return tried();
    };
    expect(await slow(hedged({ maxAttempts: 1 }))).toEqual([A]);
    expect(await slow(plan([A], { hedge: true }))).toEqual([A]);
    expect(await slow(hedged(), 19)).toEqual([A]);
    expect(await slow(plan([A, B]))).toEqual([A]);
  });

  it('counts in the limits of the target that it is made at', async () => {
    const { attempts, call, clock, steps } = await warm();
    steps.set(A, [{ afterMs: 10_000 }]);
    steps.set(B, [{ afterMs: 100 }]);
    const limited = plan([A, target(B, { maxConcurrency: 1 })], { hedge: true });
    const running = attempts.run(call(limited));
    await clock.advance(250);
    expect([attempts.load(A).inFlight, attempts.load(B).inFlight]).toEqual([1, 1]);
    await clock.advance(100);
    expect(await running).toBe(B);
    expect([attempts.load(A).inFlight, attempts.load(B).inFlight]).toEqual([0, 0]);
  });
});
