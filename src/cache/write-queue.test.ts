import { describe, expect, it } from 'vitest';
import { within } from '../../tests/support/wait.ts';
import { AT_ONCE, WriteQueue } from './write-queue.ts';

/** A queue whose first writes, as many as there are at once, hang until `free` is called. */
function busy(options: { maxWrites?: number; maxBytes?: number }) {
  let dropped = 0;
  const queue = new WriteQueue({ ...options, onDropped: () => void dropped++ });
  const gate = Promise.withResolvers<void>();
  const hanging = Array.from({ length: AT_ONCE }, () => queue.add(1, () => gate.promise));
  const written: string[] = [];
  const add = (name: string, bytes = 1) =>
    queue.add(bytes, async () => {
      written.push(name);
    });
  const free = async () => {
    gate.resolve();
    await within('the writes that hung', Promise.all(hanging));
  };
  return { add, free, written, dropped: () => dropped };
}

describe('a queue of writes', () => {
  it('writes at once while there are few', async () => {
    const queue = new WriteQueue({ onDropped: () => {} });
    let isWritten = false;
    await queue.add(1, async () => {
      isWritten = true;
    });
    expect(isWritten).toBe(true);
  });

  it('lets the others wait, and writes them in order', async () => {
    const { add, free, written, dropped } = busy({});
    const all = ['a', 'b', 'c'].map((name) => add(name));
    expect(written).toEqual([]);
    await free();
    await within('all are written', Promise.all(all));
    expect([written, dropped()]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('drops the oldest when too many wait, and says so', async () => {
    const { add, free, written, dropped } = busy({ maxWrites: 2 });
    const all = ['a', 'b', 'c', 'd'].map((name) => add(name));
    await within('the dropped are over', Promise.all(all.slice(0, 2)));
    await free();
    await within('all are over', Promise.all(all));
    expect([written, dropped()]).toEqual([['c', 'd'], 2]);
  });

  it('drops by bytes as well, and what is too large itself', async () => {
    const { add, free, written, dropped } = busy({ maxBytes: 10 });
    const all = [add('a', 6), add('b', 4), add('c', 6), add('d', 11)];
    await within('all are dropped', Promise.all(all));
    const last = add('e', 10);
    await free();
    await within('the last is written', last);
    expect([written, dropped()]).toEqual([['e'], 4]);
  });
});
