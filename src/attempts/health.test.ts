import { describe, expect, it } from 'vitest';
import { answer, failure, plan, rig, target } from '../../tests/support/attempts-rig.ts';

const A = 'a/one';
const B = 'b/two';
const sick = { fails: 'timeout' as const };

/** Two targets of which the first has failed so often that its breaker is open. */
async function opened() {
  const made = rig({ script: { [A]: [sick] } });
  for (let i = 0; i < 8; i += 1) await made.run(plan([A, B]));
  made.made.length = 0;
  return made;
}

describe('a breaker', () => {
  it('opens when half of the calls failed, and spares the target', async () => {
    const { run, tried, value, attempts } = await opened();
    expect(await run(plan([A, B]))).toBe(B);
    expect(tried()).toEqual([B]);
    expect(value('circuit_breaker_state', 'a', 'open')).toBe(1);
    expect(value('circuit_breaker_state', 'a', 'closed')).toBe(0);
    expect(value('provider_health', 'a')).toBe(0);
    expect(attempts.snapshot([])[0]).toMatchObject({ target: A, breaker: 'open', failureRate: 1 });
  });

  it('hears nothing in what only the caller or the key is at fault for', async () => {
    for (const fails of ['caller', 'key_dead', 'content_filter', 'rate_limited'] as const) {
      const { run, attempts } = rig({ script: { [A]: [{ fails, retryAfterMs: 100 }] } });
      for (let i = 0; i < 20; i += 1) await run(plan([A, B]));
      expect(attempts.snapshot([])[0]?.breaker).toBe('closed');
    }
  });

  it('lets one call at a time find out whether the target is well again, and the others return slowly', async () => {
    const { attempts, call, clock, steps, tried, made, run, value } = await opened();
    await clock.advance(2_000);
    steps.set(A, [{ afterMs: 100 }]);
    const five = Array.from({ length: 5 }, () => attempts.run(call(plan([A, B]))));
    await clock.advance(100);
    expect((await Promise.all(five)).sort()).toEqual([A, B, B, B, B]);
    expect(value('circuit_breaker_state', 'a', 'closed')).toBe(1);
    expect(value('provider_health', 'a')).toBe(1);
    expect(tried().filter((id) => id === A)).toHaveLength(1);
    made.length = 0;
    // With chance at 0 every call is of those that return.
    await run(plan([A, B]));
    expect(tried()).toEqual([A]);
  });

  it('lets a growing share return', async () => {
    const shares: number[] = [];
    let i = 0;
    const { run, clock, steps, made, tried } = rig({
      script: { [A]: [sick] },
      random: () => {
        i += 1;
        return (i * 0.618_034) % 1;
      },
    });
    for (let n = 0; n < 10; n += 1) await run(plan([A, B]));
    await clock.advance(2_000);
    steps.set(A, [{}]);
    await run(plan([A, B]));
    for (let second = 0; second < 11; second += 1) {
      made.length = 0;
      for (let n = 0; n < 100; n += 1) await run(plan([A, B]));
      shares.push(tried().filter((id) => id === A).length);
      await clock.advance(1_000);
    }
    expect(shares[0]).toBeLessThan(25);
    expect(shares[5]).toBeGreaterThan(30);
    expect(shares[5]).toBeLessThan(80);
    expect(shares.at(-1)).toBe(100);
  });

  it('that is open everywhere leaves the least bad to be tried, once a call and not by all calls', async () => {
    const { run, tried, made, clock, steps } = rig({ script: { [A]: [sick], [B]: [sick] } });
    for (let i = 0; i < 8; i += 1) await run(plan([A, B]));
    expect(await run(plan([A, B]))).toBe(
      'No provider can take the call now: they failed lately. Try again in 2 s.',
    );
    // The probes fail as well: both are open for four seconds more.
    await clock.advance(2_000);
    await run(plan([A, B]));
    await clock.advance(2_500);
    made.length = 0;
    expect(await run(plan([A, B]))).toBe(`timeout of ${A}`);
    expect(tried()).toEqual([A, B]);
    for (let i = 0; i < 20; i += 1) await run(plan([A, B]));
    expect(tried()).toHaveLength(8);
    steps.set(A, [{}]);
    await clock.advance(1_000);
    expect(await run(plan([A, B]))).toMatch('No provider');
    await clock.advance(1_000);
    for (let i = 0; i < 20; i += 1) expect(await run(plan([A, B]))).toBe(A);
  });

  it('counts a stream that broke, but not one whose client left', async () => {
    const { attempts, call, clock } = rig();
    const streams = async (broke: 'network' | 'cancelled') => {
      const ended = Promise.resolve({ broke, longestPauseMs: null });
      const tryTarget = async () => ({ ok: true as const, value: A, ended });
      for (let i = 0; i < 10; i += 1) await attempts.run(call(plan([A]), { tryTarget }));
      await clock.advance(0);
      return attempts.snapshot([])[0]?.failureRate;
    };
    expect(await streams('cancelled')).toBe(0);
    expect(await streams('network')).toBe(0.5);
    expect(attempts.snapshot([])[0]?.breaker).toBe('open');
  });

  it('hears nothing in calls that ran out of their own time', async () => {
    const { attempts, call, clock } = rig({ script: { [A]: [{ afterMs: 1_000 }] } });
    for (let i = 0; i < 20; i += 1) {
      const controller = new AbortController();
      const running = attempts.run(call(plan([A]), { signal: controller.signal })).catch(() => {});
      await clock.advance(10);
      controller.abort(new Error('time is over'));
      await running;
    }
    expect(attempts.snapshot([])[0]).toMatchObject({ breaker: 'closed', failureRate: null, inFlight: 0 });
  });
});

describe('budgets', () => {
  it('keep retries of a provider below a fifth of its calls', async () => {
    const { run, clock } = rig();
    let calls = 0;
    const tryTarget = async () => {
      calls += 1;
      return calls % 3 === 0 ? failure('provider_error', A) : answer(A);
    };
    for (let n = 0; n < 500; n += 1) {
      await run(plan([A]), { tryTarget });
      await clock.advance(10);
    }
    expect(calls - 500).toBeLessThanOrEqual(100 + 3);
    expect(calls - 500).toBeGreaterThan(80);
  });

  it('count another target of a provider that failed as a retry', async () => {
    const { run, tried } = rig({ script: { 'a/1': [sick], 'a/2': [sick] } });
    for (let i = 0; i < 5; i += 1) await run(plan(['a/1', 'a/2']));
    expect(tried().filter((id) => id === 'a/2')).toHaveLength(3);
  });
});

describe('the operator', () => {
  it('drains a target or a provider, and takes it back', async () => {
    const { run, attempts, value } = rig();
    await run(plan([A, B]));
    for (const subject of [A, 'a']) {
      await attempts.drain(subject);
      expect(await run(plan([A, B]))).toBe(B);
      expect(await run(plan([A]))).toBe(
        'No provider can take the call now: they are taken out of use by the operator. Try again in 1 s.',
      );
      expect(value('provider_health', 'a')).toBe(0);
      expect(attempts.snapshot([target(A)])[0]).toMatchObject({ target: A, drained: true });
      await attempts.restore(subject);
      expect(await run(plan([A, B]))).toBe(A);
      expect(value('provider_health', 'a')).toBe(1);
    }
  });

  it('takes a target back from its breaker, its limits and its dead keys', async () => {
    const { attempts, run, steps } = await opened();
    steps.set(A, [{}]);
    await attempts.restore(A);
    expect(await run(plan([A, B]))).toBe(A);
    for (const fails of ['rate_limited', 'key_dead'] as const) {
      steps.set(A, [{ fails, retryAfterMs: 60_000 }]);
      await run(plan([A, B]));
      steps.set(A, [{}]);
      expect(await run(plan([A, B]))).toBe(B);
      await attempts.restore('a');
      expect(await run(plan([A, B]))).toBe(A);
    }
  });

  it('sees how targets stand, and no key', async () => {
    const { run, attempts, clock } = rig({
      script: { [A]: [{ afterMs: 100 }] },
      keys: { a: ['secret-key'] },
    });
    for (let i = 0; i < 20; i += 1) await run(plan([A]));
    await run(plan([A]), { stream: false });
    const [one, two] = attempts.snapshot([target(A), target(B, { maxConcurrency: 7 })]);
    expect(one).toMatchObject({ target: A, provider: 'a', model: 'one', breaker: 'closed', failureRate: 0 });
    expect(one?.firstTokenMs?.p50).toBeGreaterThanOrEqual(100);
    expect(one?.firstTokenMs?.p95).toBeLessThan(111);
    expect(one?.wholeAnswerMs?.p50).toBeGreaterThanOrEqual(100);
    expect(two).toMatchObject({ target: B, maxConcurrency: 7, failureRate: null, firstTokenMs: null });
    expect(JSON.stringify([one, two])).not.toContain('secret');
    expect(attempts.load(A)).toEqual({ inFlight: 0, latencyMs: 100 });
    expect(attempts.load('never/seen')).toEqual({ inFlight: 0, latencyMs: null });
    expect(clock.monotonic()).toBeGreaterThan(0);
  });

  it('may have a target asked whether it is well, when it is time', async () => {
    const { attempts, clock } = await opened();
    let asked = 0;
    const answers = (isWell: boolean) => async () => {
      asked += 1;
      return isWell;
    };
    await attempts.probe(target(A), answers(true));
    expect(asked).toBe(0);
    await clock.advance(2_000);
    await attempts.probe(target(A), () => Promise.reject(new Error('no answer')));
    await clock.advance(4_000);
    await attempts.probe(target(A), answers(true));
    expect(asked).toBe(1);
    expect(attempts.snapshot([])[0]?.breaker).toBe('closed');
    await attempts.probe(target(A), answers(false));
    expect(asked).toBe(1);
  });
});
