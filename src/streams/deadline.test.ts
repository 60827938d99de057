import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { CallScope } from './call-scope.ts';
import { Deadline } from './deadline.ts';

function setup(totalMs: number) {
  const clock = createFakeClock();
  const expired: string[] = [];
  const deadline = new Deadline(clock, totalMs, (kind) => void expired.push(kind));
  return { clock, expired, deadline };
}

describe('Deadline', () => {
  it('expires once, at the total', async () => {
    const { clock, expired } = setup(1000);
    await clock.advance(999);
    expect(expired).toEqual([]);
    await clock.advance(10_000);
    expect(expired).toEqual(['total']);
  });

  it('expires at the phase when that comes first', async () => {
    const { clock, expired, deadline } = setup(1000);
    deadline.enter('first_byte', 300);
    await clock.advance(300);
    expect(expired).toEqual(['first_byte']);
  });

  it('moves with every chunk and never expires while they come', async () => {
    const { clock, expired, deadline } = setup(100_000);
    for (let i = 0; i < 50; i++) {
      deadline.enter('idle', 100);
      await clock.advance(99);
    }
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect(expired).toEqual(['idle']);
  });

  it('does not count the time in which nobody waits for the upstream', async () => {
    const { clock, expired, deadline } = setup(100_000);
    deadline.enter('idle', 100);
    deadline.leave();
    await clock.advance(5_000);
    expect(expired).toEqual([]);
    deadline.enter('idle', 100);
    await clock.advance(100);
    expect(expired).toEqual(['idle']);
  });

  it('is silent once cleared', async () => {
    const { clock, expired, deadline } = setup(100);
    deadline.clear();
    await clock.advance(1_000);
    expect(expired).toEqual([]);
  });
});

describe('CallScope', () => {
  it('aborts with the reason: the client left', () => {
    const client = new AbortController();
    const scope = new CallScope(createFakeClock(), client.signal, 1000);
    client.abort();
    expect(scope.signal.reason).toMatchObject({ code: 'client_closed' });
    expect(() => scope.check()).toThrow();
  });

  it('aborts with the reason: which deadline passed', async () => {
    const clock = createFakeClock();
    const scope = new CallScope(clock, new AbortController().signal, 1000);
    scope.deadline.enter('idle', 10);
    await clock.advance(10);
    expect(scope.signal.reason).toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('IDLE_TIMEOUT_MS'),
    });
  });

  it('is over before it began when the client had left already', () => {
    expect(new CallScope(createFakeClock(), AbortSignal.abort(), 1000).signal.aborted).toBe(true);
  });

  it('hears nothing once closed', async () => {
    const clock = createFakeClock();
    const client = new AbortController();
    const scope = new CallScope(clock, client.signal, 1000);
    scope.close();
    client.abort();
    await clock.advance(2_000);
    expect(scope.signal.aborted).toBe(false);
  });
});
