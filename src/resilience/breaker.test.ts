import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { Breaker, type BreakerState, type Ticket } from './breaker.ts';

const OPTIONS = { failures: 3, openMs: 100, maxOpenMs: 350 };

function make() {
  const clock = createFakeClock();
  const changes: BreakerState[] = [];
  const breaker = new Breaker({ ...OPTIONS, clock, onChange: (state) => changes.push(state) });
  /** A call that has to be let through. */
  const enter = (): Ticket => {
    const ticket = breaker.enter();
    if (ticket === null) throw new Error('the call was skipped');
    return ticket;
  };
  const fail = (times = 1) => {
    for (let i = 0; i < times; i += 1) breaker.leave(enter(), false);
  };
  return { breaker, clock, changes, enter, fail };
}

describe('Breaker', () => {
  it('lets all pass until so many failed in a row', () => {
    const { breaker, enter, fail, changes } = make();
    fail(2);
    breaker.leave(enter(), true);
    fail(2);
    expect(breaker.state).toBe('closed');
    fail();
    expect([breaker.state, breaker.enter()]).toEqual(['open', null]);
    expect(changes).toEqual(['open']);
  });

  it('lets one probe pass when its time is over, and closes when that is well', async () => {
    const { breaker, clock, enter, fail, changes } = make();
    fail(3);
    await clock.advance(99);
    expect(breaker.enter()).toBeNull();
    await clock.advance(1);
    const probe = enter();
    expect([breaker.state, breaker.enter()]).toEqual(['half_open', null]);
    breaker.leave(probe, true);
    expect(breaker.state).toBe('closed');
    fail(2);
    expect(breaker.state).toBe('closed');
    expect(changes).toEqual(['open', 'half_open', 'closed']);
  });

  it('waits twice as long after each probe that fails, to a bound, and briefly again the next time', async () => {
    const { breaker, clock, enter, fail } = make();
    fail(3);
    for (const openMs of [100, 200, 350, 350]) {
      await clock.advance(openMs - 1);
      expect(breaker.enter()).toBeNull();
      await clock.advance(1);
      fail();
      expect(breaker.state).toBe('open');
    }
    await clock.advance(350);
    breaker.leave(enter(), true);
    fail(3);
    await clock.advance(100);
    expect(breaker.enter()).not.toBeNull();
  });

  it('lets another probe pass when nothing is heard of one, and listens to that one only', async () => {
    const { breaker, clock, enter, fail } = make();
    fail(3);
    await clock.advance(100);
    const lost = enter();
    await clock.advance(100);
    const probe = enter();
    breaker.leave(lost, true);
    expect(breaker.state).toBe('half_open');
    breaker.leave(probe, true);
    breaker.leave(lost, false);
    expect(breaker.state).toBe('closed');
  });

  it('gives no say to calls that began before the last change', async () => {
    const { breaker, clock, enter, fail } = make();
    const early = [enter(), enter(), enter(), enter()];
    fail(3);
    for (const ticket of early) breaker.leave(ticket, true);
    expect(breaker.state).toBe('open');
    await clock.advance(100);
    breaker.leave(enter(), true);
    for (const ticket of early) breaker.leave(ticket, false);
    expect(breaker.state).toBe('closed');
  });

  it('refuses settings that make no breaker', () => {
    const clock = createFakeClock();
    for (const failures of [0, Number.NaN]) {
      expect(() => new Breaker({ ...OPTIONS, clock, failures })).toThrow(`not ${failures}`);
    }
    expect(() => new Breaker({ ...OPTIONS, clock, openMs: 0 })).toThrow(RangeError);
    expect(() => new Breaker({ ...OPTIONS, clock, maxOpenMs: 99 })).toThrow(RangeError);
  });
});
