import { describe, expect, it } from 'vitest';
import { plan, rig, target } from '../../tests/support/attempts-rig.ts';
import type { FailureClass } from '../domain/outcome.ts';

const A = 'a/one';
const B = 'b/two';

describe('the way of a call over its targets', () => {
  it('ends at the first that answers', async () => {
    const { run, tried, made } = rig();
    expect(await run(plan([A, B]))).toBe(A);
    expect(tried()).toEqual([A]);
    expect(made[0]?.context).toMatchObject({
      number: 1,
      apiKey: 'key-of-a',
      isHedge: false,
      firstByteMs: 60_000,
      idleMs: 30_000,
    });
  });

  it.each<[FailureClass, string[]]>([
    ['provider_error', [A, A, B]],
    ['network', [A, A, B]],
    ['timeout', [A, B]],
    ['invalid', [A, B]],
    ['rate_limited', [A, B]],
    ['key_dead', [A, B]],
  ])('goes on after %s', async (fails, way) => {
    const { run, tried, made } = rig({ script: { [A]: [{ fails }] } });
    expect(await run(plan([A, B]))).toBe(B);
    expect(tried()).toEqual(way);
    expect(made.map(({ context }) => context.number)).toEqual(way.map((_, i) => i + 1));
  });

  it.each<FailureClass>(['caller', 'context_too_long', 'content_filter', 'cancelled'])(
    'ends with %s',
    async (fails) => {
      const { run, tried } = rig({ script: { [A]: [{ fails }] } });
      expect(await run(plan([A, B]))).toBe(`${fails} of ${A}`);
      expect(tried()).toEqual([A]);
    },
  );

  it('goes on after a content filter when the route says so', async () => {
    const { run } = rig({ script: { [A]: [{ fails: 'content_filter' }] } });
    expect(await run(plan([A, B], { fallOn: ['content_filter'] }))).toBe(B);
  });

  it('goes on after a context that was too long to larger targets only, when the route says so', async () => {
    const sizes = (a: number | null, b: number | null, c: number | null) =>
      plan(
        [
          target(A, { contextTokens: a }),
          target(B, { contextTokens: b }),
          target('c/three', { contextTokens: c }),
        ],
        { fallOn: ['context_too_long'] },
      );
    const script = { [A]: [{ fails: 'context_too_long' as const }] };
    expect(await rig({ script }).run(sizes(8_000, 8_000, 100_000))).toBe('c/three');
    expect(await rig({ script }).run(sizes(8_000, null, 4_000))).toBe(`context_too_long of ${A}`);
    expect(await rig({ script }).run(sizes(null, 5_000, 9_000), { promptTokens: 6_000 })).toBe('c/three');
  });

  it('waits a little before it tries the same target again, and answers from it', async () => {
    const { run, made } = rig({ script: { [A]: [{ fails: 'network' }, {}] }, random: () => 0.5 });
    expect(await run(plan([A, B]))).toBe(A);
    expect(made.map(({ at }) => at)).toEqual([0, 100]);
  });

  it('does not try the same target again that wants to be left alone', async () => {
    const { run, tried } = rig({ script: { [A]: [{ fails: 'provider_error', retryAfterMs: 5_000 }] } });
    expect(await run(plan([A, B]))).toBe(B);
    expect(tried()).toEqual([A, B]);
  });

  it('makes no more attempts than the route allows, those made before counted', async () => {
    const script = { [A]: [{ fails: 'timeout' as const }], [B]: [{ fails: 'timeout' as const }] };
    const three = [A, B, 'c/three'];
    const { run, tried } = rig({ script });
    expect(await run(plan(three, { maxAttempts: 2 }))).toBe(`timeout of ${A}`);
    expect(tried()).toEqual([A, B]);
    const late = rig({ script });
    expect(await late.run(plan(three, { maxAttempts: 3 }), { attemptsMade: 2 })).toBe(`timeout of ${A}`);
    expect(late.made.map(({ context }) => context.number)).toEqual([3]);
  });

  it('begins no attempt when time is over', async () => {
    const { run, clock, tried } = rig({ script: { [A]: [{ fails: 'timeout', afterMs: 1_000 }] } });
    expect(await run(plan([A, B]), { leftMs: () => 1_010 - clock.monotonic() })).toBe(`timeout of ${A}`);
    expect(tried()).toEqual([A]);
  });

  it('ends in a pause when nobody waits any more', async () => {
    const { attempts, call, clock, tried } = rig({
      script: { [A]: [{ fails: 'network' }] },
      random: () => 0.9,
    });
    const controller = new AbortController();
    const running = attempts.run(call(plan([A]), { signal: controller.signal }));
    const ended = expect(running).rejects.toThrow('the client left');
    await clock.advance(50);
    controller.abort(new Error('the client left'));
    await ended;
    expect(tried()).toEqual([A]);
  });

  it('hands on a defect, and leaves the target as it was', async () => {
    const { attempts, call } = rig();
    const broken = () => Promise.reject(new TypeError('a defect'));
    await expect(attempts.run(call(plan([A]), { tryTarget: broken }))).rejects.toThrow('a defect');
    expect(attempts.load(A).inFlight).toBe(0);
  });

  it.each<[FailureClass, FailureClass, FailureClass]>([
    ['provider_error', 'rate_limited', 'rate_limited'],
    ['key_dead', 'network', 'network'],
    ['timeout', 'provider_error', 'timeout'],
    ['network', 'caller', 'caller'],
    ['network', 'context_too_long', 'context_too_long'],
  ])('tells of %s and %s the latter two as %s', async (first, second, told) => {
    const { run } = rig({
      script: {
        [A]: [{ fails: first, retryAfterMs: 30_000 }],
        [B]: [{ fails: second, retryAfterMs: 30_000 }],
      },
    });
    const of = told === first ? A : B;
    expect(await run(plan([A, B]))).toBe(`${told} of ${of}`);
  });

  it('counts retries, fallbacks and what was done instead', async () => {
    const { run, value } = rig({ script: { [A]: [{ fails: 'network' }] } });
    await run(plan([A, B]));
    expect(value('retries_total', 'a', 'network')).toBe(1);
    expect(value('fallbacks_total', A, B, 'network')).toBe(1);
    for (let i = 0; i < 8; i += 1) await run(plan([A, B]));
    expect(value('fallbacks_total', A, B, 'open')).toBeGreaterThan(0);
  });
});

describe('keys', () => {
  const keys = { a: ['k1', 'k2'] };

  it('take turns', async () => {
    const { run, tried } = rig({ keys });
    for (let i = 0; i < 3; i += 1) await run(plan([A]));
    expect(tried()).toEqual([`${A} with k1`, `${A} with k2`, `${A} with k1`]);
  });

  it('that are refused give way to the next at once, and are left alone for longer each time', async () => {
    const script = { [A]: [{ fails: 'key_dead' as const }, {}] };
    const { run, tried, clock, steps, attempts } = rig({ keys, script });
    expect(await run(plan([A, B]))).toBe(A);
    await run(plan([A, B]));
    expect(tried()).toEqual([`${A} with k1`, `${A} with k2`, `${A} with k2`]);
    const dead = () => attempts.snapshot([])[0]?.keys[0]?.deadUntil;
    expect(dead()).toBe(clock.now() + 30_000);
    await clock.advance(30_000);
    expect(dead()).toBeNull();
    await run(plan([A, B]));
    steps.set(A, [{ fails: 'key_dead' }, {}]);
    await run(plan([A, B]));
    expect(dead()).toBe(clock.now() + 60_000);
  });

  it('that are all refused are answered by another target, or by the failure of the last', async () => {
    const script = { [A]: [{ fails: 'key_dead' as const }] };
    const { run, tried } = rig({ keys, script });
    expect(await run(plan([A, B]))).toBe(B);
    expect(tried()).toEqual([`${A} with k1`, `${A} with k2`, B]);
    expect(await rig({ keys, script }).run(plan([A]))).toBe(`key_dead of ${A}`);
  });

  it('that were all refused are tried again once a second, with nothing else left', async () => {
    const { run, tried, clock, steps } = rig({ script: { [A]: [{ fails: 'key_dead' }] } });
    await run(plan([A]));
    expect(await run(plan([A]))).toMatch("refused all of the gateway's credentials");
    expect(tried()).toHaveLength(1);
    await clock.advance(1_000);
    steps.set(A, [{}]);
    expect(await run(plan([A]))).toBe(A);
    expect(await run(plan([A]))).toBe(A);
  });

  it('that are limited give way to the next, and come back when the limit is over', async () => {
    const script = { [A]: [{ fails: 'rate_limited' as const, retryAfterMs: 2_000 }, {}] };
    const { run, tried, clock } = rig({ keys, script });
    for (let i = 0; i < 3; i += 1) expect(await run(plan([A, B]))).toBe(A);
    await clock.advance(2_000);
    for (let i = 0; i < 2; i += 1) await run(plan([A, B]));
    const used = tried().map((one) => one.slice(-2));
    expect(used.slice(0, 4)).toEqual(['k1', 'k2', 'k2', 'k2']);
    expect(new Set(used.slice(4))).toEqual(new Set(['k1', 'k2']));
  });

  it('of clients say nothing about other clients', async () => {
    for (const fails of ['rate_limited', 'key_dead'] as const) {
      const { run, tried } = rig({ keys: { a: [] }, script: { [A]: [{ fails }, {}] } });
      expect(await run(plan([A]), { clientCredential: true })).toBe(`${fails} of ${A}`);
      expect(await run(plan([A]), { clientCredential: true })).toBe(A);
      expect(tried()).toEqual([`${A} with null`, `${A} with null`]);
    }
  });
});

describe('a limit', () => {
  it('of one target sends calls to the other until it is over, for no longer than a minute', async () => {
    const script = { [A]: [{ fails: 'rate_limited' as const, retryAfterMs: 3_600_000 }, {}] };
    const { run, clock, value } = rig({ script });
    expect([await run(plan([A, B])), await run(plan([A, B]))]).toEqual([B, B]);
    expect(value('fallbacks_total', A, B, 'limited')).toBe(1);
    expect(value('provider_health', 'a')).toBe(0);
    await clock.advance(60_000);
    expect(await run(plan([A, B]))).toBe(A);
    expect(value('provider_health', 'a')).toBe(1);
  });

  it('that is short is waited for when nothing else is left', async () => {
    const script = { [A]: [{ fails: 'rate_limited' as const, retryAfterMs: 2_000 }, {}] };
    const { run, made } = rig({ script });
    expect(await run(plan([A]))).toBe(A);
    expect(made.map(({ at }) => at)).toEqual([0, 2_000]);
  });

  it('that is long, or longer than the call has time, is told at once', async () => {
    const long = { [A]: [{ fails: 'rate_limited' as const, retryAfterMs: 20_000 }] };
    const { run, tried, clock } = rig({ script: long });
    expect(await run(plan([A]))).toBe(`rate_limited of ${A}`);
    expect(await run(plan([A]))).toBe(
      'No provider can take the call now: they limit the rate. Try again in 20 s.',
    );
    expect(tried()).toHaveLength(1);
    expect(clock.monotonic()).toBe(0);
    const short = { [A]: [{ fails: 'rate_limited' as const, retryAfterMs: 2_000 }] };
    expect(await rig({ script: short }).run(plan([A]), { leftMs: () => 1_000 })).toBe(`rate_limited of ${A}`);
  });

  it('without an end grows with each one', async () => {
    const { run, clock, made } = rig({ script: { [A]: [{ fails: 'rate_limited' }] } });
    await run(plan([A], { maxAttempts: 3 }));
    expect(made.map(({ at }) => at)).toEqual([0, 1_000, 3_000]);
    expect(clock.monotonic()).toBeLessThan(3_200);
  });
});

describe('a limit of calls under way', () => {
  const busy = (id: string) => target(id, { maxConcurrency: 1 });
  const script = { [A]: [{ afterMs: 5_000 }] };

  it('sends calls to another target', async () => {
    const { attempts, call, clock, tried } = rig({ script });
    const calls = [1, 2].map(() => attempts.run(call(plan([busy(A), B]))));
    await clock.advance(5_000);
    expect(await Promise.all(calls)).toEqual([A, B]);
    expect(tried()).toEqual([A, B]);
  });

  it('lets as many wait a moment, and tells the others at once', async () => {
    const { attempts, call, clock } = rig({ script });
    const calls = [1, 2, 3].map(() => {
      const ended: { as?: string; at?: number } = {};
      const note = (as: string) => Object.assign(ended, { as, at: clock.monotonic() });
      attempts.run(call(plan([busy(A)]))).then(note, (error: Error) => note(error.message));
      return ended;
    });
    await clock.advance(0);
    expect(attempts.snapshot([])[0]).toMatchObject({ inFlight: 1, queued: 1 });
    expect(calls[2]).toEqual({
      as: 'No provider can take the call now: they are busy. Try again in 1 s.',
      at: 0,
    });
    await clock.advance(1_000);
    expect(calls[1]).toMatchObject({ as: expect.stringMatching('busy'), at: 1_000 });
    await clock.advance(4_000);
    expect(calls[0]).toEqual({ as: A, at: 5_000 });
  });

  it('counts a stream until it ends', async () => {
    const { attempts, call, clock, run } = rig();
    const { promise: ended, resolve: end } = Promise.withResolvers<{
      broke: null;
      longestPauseMs: number;
    }>();
    const tryTarget = async () => ({ ok: true as const, value: 'stream', ended });
    expect(await attempts.run(call(plan([busy(A)]), { tryTarget }))).toBe('stream');
    expect(attempts.load(A).inFlight).toBe(1);
    expect(await run(plan([busy(A), B]))).toBe(B);
    end({ broke: null, longestPauseMs: 100 });
    await clock.advance(0);
    expect(await run(plan([busy(A), B]))).toBe(A);
  });
});

describe('time to answer', () => {
  it('is bounded by what the target usually needs, where another one is left', async () => {
    const { run, made } = rig({ script: { [A]: [{ afterMs: 1_000 }] } });
    for (let i = 0; i < 20; i += 1) await run(plan([A, B]));
    const firstByteMs = async (...[of, more]: Parameters<typeof run>) => {
      await run(of, more);
      return made.at(-1)?.context.firstByteMs ?? 0;
    };
    const usual = await firstByteMs(plan([A, B]));
    expect(usual).toBeGreaterThanOrEqual(3_000);
    expect(usual).toBeLessThan(3_400);
    expect(await firstByteMs(plan([A, B]), { promptTokens: 20_000 })).toBeCloseTo(2 * usual, -1);
    expect(await firstByteMs(plan([A]))).toBe(60_000);
    expect(await firstByteMs(plan([A, B]), { stream: false })).toBe(60_000);
    expect(await firstByteMs(plan([A, B], { maxAttempts: 1 }))).toBe(60_000);
  });

  it('never falls below what any provider may need', async () => {
    const { run, made } = rig();
    for (let i = 0; i < 21; i += 1) await run(plan([A, B]));
    expect(made.at(-1)?.context.firstByteMs).toBe(2_000);
  });

  it('between tokens is bounded where a stream that breaks goes on elsewhere', async () => {
    const { attempts, call, made, run, clock } = rig();
    const ended = Promise.resolve({ broke: null, longestPauseMs: 3_000 });
    for (let i = 0; i < 20; i += 1)
      await attempts.run(
        call(plan([A]), { tryTarget: async () => ({ ok: true as const, value: A, ended }) }),
      );
    await clock.advance(0);
    await run(plan([A, B]));
    expect(made.at(-1)?.context.idleMs).toBe(30_000);
    await run(plan([A, B], { midStream: 'continue' }));
    expect(made.at(-1)?.context.idleMs).toBeGreaterThanOrEqual(9_000);
    expect(made.at(-1)?.context.idleMs).toBeLessThan(10_000);
  });
});
