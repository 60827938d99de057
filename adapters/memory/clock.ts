import type { Clock } from '../../src/ports/clock.ts';

/** `setTimeout` keeps its delay in 31 bits; past that it fires at once, so a longer wait is armed in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createSystemClock(): Clock {
  return { now: () => Date.now(), monotonic: () => performance.now(), after: startTimer };
}

function startTimer(ms: number, fire: () => void): () => void {
  let left = Math.max(0, ms);
  let timer: ReturnType<typeof setTimeout>;
  const arm = () => {
    const part = Math.min(left, LONGEST_TIMER_MS);
    left -= part;
    timer = setTimeout(() => (left > 0 ? arm() : fire()), part);
    unref(timer);
  };
  arm();
  return () => clearTimeout(timer);
}

/** Node's handle is an object that holds the process open until told not to; elsewhere it is a number. */
function unref(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return;
  if (typeof timer.unref === 'function') timer.unref();
}

export interface FakeClock extends Clock {
  /**
   * Moves time on by `ms`, firing what falls due in order, and lets all promise reactions run before the first
   * timer, between any two and after the last. Rejects with what a timer's callback throws.
   */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly fire: () => void;
}

/**
 * `start` is in milliseconds since the epoch; `monotonic` starts at 0.
 * @param reactions resolves when promise reactions have run; where a million timers fire, a cheaper one than the default.
 */
export function createFakeClock(start = Date.UTC(2026, 0, 1), reactions = turnOfTheLoop): FakeClock {
  const timers = new Set<Timer>();
  let elapsed = 0;

  const fireNext = (end: number): boolean => {
    const timer = earliest(timers, end);
    if (timer === null) return false;
    timers.delete(timer);
    elapsed = Math.max(elapsed, timer.due);
    timer.fire();
    return true;
  };

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, fire) {
      const timer = { due: elapsed + Math.max(0, ms), fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = elapsed + ms;
      do await reactions();
      while (fireNext(end));
      elapsed = end;
    },
  };
}

/** The timer due first and not after `end`; of those due together the one set first, which a Set's order gives. */
function earliest(timers: Iterable<Timer>, end: number): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) {
    if (timer.due <= end && (first === null || timer.due < first.due)) first = timer;
  }
  return first;
}

/** A whole turn of the event loop: a count of microtasks would never be enough for a chain of streams. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
