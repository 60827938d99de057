import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { Breaker, type BreakerState, type Ticket } from './breaker.ts';
import { consecutiveFailures } from './trip.ts';

const OPTIONS = { openMs: 100, maxOpenMs: 350 };

function make(returnMs = 0) {
  const clock = createFakeClock();
  const changes: BreakerState[] = [];
  const trip = consecutiveFailures(3);
  const breaker = new Breaker({
    ...OPTIONS,
    clock,
    trip,
    returnMs,
    onChange: (state) => changes.push(state),
  });
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

  it('lets another probe pass at once when one ended without telling anything', async () => {
    const { breaker, clock, enter, fail } = make();
    fail(3);
    await clock.advance(100);
    breaker.abandon(enter());
    breaker.leave(enter(), true);
    expect(breaker.state).toBe('closed');
    breaker.abandon(enter());
    expect(breaker.passes).toBe(true);
  });

  it('asks for a growing share of the calls once it has closed', async () => {
    const { breaker, clock, enter, fail } = make(1_000);
    expect(breaker.share).toBe(1);
    fail(3);
    expect(breaker.share).toBe(0);
    await clock.advance(100);
    breaker.leave(enter(), true);
    expect(breaker.share).toBe(0.1);
    await clock.advance(500);
    expect(breaker.share).toBe(0.5);
    await clock.advance(500);
    expect(breaker.share).toBe(1);
  });

  it('stays open for longer when it opens again before its return is complete', async () => {
    const { breaker, clock, enter, fail } = make(1_000);
    fail(3);
    await clock.advance(100);
    breaker.leave(enter(), true);
    fail(3);
    await clock.advance(199);
    expect(breaker.passes).toBe(false);
    await clock.advance(1);
    breaker.leave(enter(), true);
    await clock.advance(1_000);
    fail(3);
    await clock.advance(100);
    expect(breaker.passes).toBe(true);
  });

  it('closes when a call that was made anyway goes well, and opens no longer when it fails', async () => {
    const { breaker, clock, fail } = make();
    fail(3);
    for (let i = 0; i < 5; i += 1) breaker.leave(breaker.enterAnyway(), false);
    await clock.advance(100);
    expect(breaker.passes).toBe(true);
    breaker.leave(breaker.enterAnyway(), true);
    expect(breaker.state).toBe('closed');
  });

  it('opens for calls that left well and failed after all, unless it has changed since', () => {
    const { breaker, enter, fail } = make();
    const early = [enter(), enter(), enter()];
    for (const ticket of early) breaker.leave(ticket, true);
    for (const ticket of early) breaker.turn(ticket);
    expect(breaker.state).toBe('open');
    breaker.reset();
    for (const ticket of early) breaker.turn(ticket);
    fail(2);
    expect(breaker.state).toBe('closed');
  });

  it('opens and lets a probe pass on the word of another', async () => {
    const { breaker, clock, enter, changes } = make();
    breaker.openUntil(clock.monotonic() + 5_000);
    await clock.advance(4_999);
    expect(breaker.enter()).toBeNull();
    breaker.probeNow();
    breaker.leave(enter(), true);
    expect(changes).toEqual(['open', 'half_open', 'closed']);
  });

  it('closes by order, for all calls at once', () => {
    const { breaker, fail } = make(1_000);
    fail(3);
    breaker.reset();
    expect([breaker.state, breaker.share]).toEqual(['closed', 1]);
  });

  it('refuses settings that make no breaker', () => {
    const clock = createFakeClock();
    const trip = consecutiveFailures(1);
    expect(() => new Breaker({ clock, trip, openMs: 0, maxOpenMs: 1 })).toThrow(RangeError);
    expect(() => new Breaker({ clock, trip, openMs: 100, maxOpenMs: 99 })).toThrow(RangeError);
  });
});
