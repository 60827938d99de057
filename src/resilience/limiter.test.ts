import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { type Leave, Limiter } from './limiter.ts';

const never = new AbortController().signal;

function make(max: number | null = 1, maxQueue = 2) {
  const clock = createFakeClock();
  const limiter = new Limiter({ clock, max, maxQueue });
  const enter = (): Leave => {
    const leave = limiter.tryEnter();
    if (leave === null) throw new Error('it is full');
    return leave;
  };
  const order: string[] = [];
  const wait = (name: string, ms = 1_000, signal = never) =>
    limiter.enter(ms, signal).then(
      (leave) => {
        order.push(leave === null ? `${name} gave up` : name);
        return leave;
      },
      () => {
        order.push(`${name} left`);
        return null;
      },
    );
  return { clock, limiter, enter, order, wait };
}

describe('Limiter', () => {
  it('lets so many in, and the next when one leaves, once', () => {
    const { limiter, enter } = make(2);
    const [leave] = [enter(), enter()];
    expect(limiter.tryEnter()).toBeNull();
    leave?.();
    leave?.();
    expect(limiter.inside).toBe(1);
    enter();
    expect(limiter.tryEnter()).toBeNull();
  });

  it('only counts without a limit', () => {
    const { limiter, enter } = make(null);
    for (let i = 0; i < 1_000; i += 1) enter();
    expect(limiter.inside).toBe(1_000);
  });

  it('lets those who wait in as they came, and nobody past them', async () => {
    const { clock, limiter, enter, order, wait } = make();
    const leave = enter();
    const a = wait('a');
    const b = wait('b');
    expect(limiter.waiting).toBe(2);
    leave();
    expect(limiter.tryEnter()).toBeNull();
    (await a)?.();
    (await b)?.();
    expect(order).toEqual(['a', 'b']);
    await clock.advance(5_000);
    expect([limiter.inside, limiter.waiting]).toEqual([0, 0]);
  });

  it('turns away at once who finds the queue full', async () => {
    const { enter, order, wait } = make();
    enter();
    void wait('a');
    void wait('b');
    await wait('c');
    expect(order).toEqual(['c gave up']);
  });

  it('lets those go who waited too long or were told to leave', async () => {
    const { clock, limiter, enter, order, wait } = make();
    const leave = enter();
    const controller = new AbortController();
    void wait('a', 100);
    void wait('b', 1_000, controller.signal);
    await clock.advance(100);
    controller.abort();
    await clock.advance(0);
    expect(order).toEqual(['a gave up', 'b left']);
    leave();
    expect([limiter.inside, limiter.waiting]).toEqual([0, 0]);
    await wait('c', 1_000, controller.signal);
    expect(order[2]).toBe('c left');
  });

  it('takes other bounds while it runs', async () => {
    const { limiter, enter, order, wait, clock } = make();
    enter();
    void wait('a');
    limiter.resize(2, 2);
    await clock.advance(0);
    expect(order).toEqual(['a']);
    limiter.resize(1, 0);
    expect([limiter.tryEnter(), limiter.hasRoomToWait]).toEqual([null, false]);
  });
});
