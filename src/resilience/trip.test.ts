import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { anyOf, consecutiveFailures, failureRate } from './trip.ts';

const OPTIONS = { windowMs: 10_000, minCalls: 4, rate: 0.5 };

function notes(trip: { note(ok: boolean): boolean }, oks: string): string {
  return [...oks].map((ok) => (trip.note(ok === '+') ? 'T' : '.')).join('');
}

describe('consecutiveFailures', () => {
  it('trips at so many in a row, and begins anew when told', () => {
    const trip = consecutiveFailures(3);
    expect(notes(trip, '--+--+---')).toBe('........T');
    trip.reset();
    expect(notes(trip, '--')).toBe('..');
    for (const failures of [0, Number.NaN])
      expect(() => consecutiveFailures(failures)).toThrow(`${failures}`);
  });
});

describe('anyOf', () => {
  it('trips with any, all of them hearing of every call', () => {
    const trip = anyOf([consecutiveFailures(3), failureRate({ ...OPTIONS, clock: createFakeClock() })]);
    expect(notes(trip, '+++---')).toBe('.....T');
    trip.reset();
    expect(notes(trip, '-+-+-')).toBe('....T');
    trip.reset();
    notes(trip, '++');
    expect([trip.turn(), trip.turn(), trip.turn()]).toEqual([false, false, true]);
  });
});

describe('failureRate', () => {
  it('trips at the share, not before there are enough calls to tell, and never at a success', () => {
    const make = () => failureRate({ ...OPTIONS, clock: createFakeClock() });
    expect(notes(make(), '---')).toBe('...');
    expect(notes(make(), '----')).toBe('...T');
    expect(notes(make(), '++++---')).toBe('.......');
    expect(notes(make(), '++++----')).toBe('.......T');
    expect(notes(make(), '--++')).toBe('....');
  });

  it('counts a call once that was well and failed after all', () => {
    const trip = failureRate({ ...OPTIONS, clock: createFakeClock() });
    notes(trip, '++++');
    expect(trip.turn()).toBe(false);
    expect(trip.rate()).toBe(0.25);
    expect(trip.turn()).toBe(true);
  });

  it('forgets what left the window, and all of it when told', async () => {
    const clock = createFakeClock();
    const trip = failureRate({ ...OPTIONS, clock });
    notes(trip, '---');
    expect(trip.rate()).toBe(1);
    await clock.advance(10_000);
    expect(trip.rate()).toBeNull();
    expect(notes(trip, '-')).toBe('.');
    notes(trip, '--');
    trip.reset();
    expect(trip.rate()).toBeNull();
  });

  it('refuses settings that never or always trip', () => {
    const clock = createFakeClock();
    for (const rate of [0, 1.1, Number.NaN])
      expect(() => failureRate({ ...OPTIONS, clock, rate })).toThrow(RangeError);
    expect(() => failureRate({ ...OPTIONS, clock, minCalls: 0 })).toThrow(RangeError);
    expect(() => failureRate({ ...OPTIONS, clock, windowMs: 0 })).toThrow(RangeError);
  });
});
