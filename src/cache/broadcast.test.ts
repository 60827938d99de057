import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { within } from '../../tests/support/wait.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { Broadcast } from './broadcast.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const forever = () => new AbortController().signal;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const ROOMY = 1_000_000;
/** Each chunk counts for more than that, so that one is the most that is kept. */
const TIGHT = 1;

/** A source that gives its chunks one by one as they are pulled, then ends, fails or hangs. */
function source(chunks: readonly string[], ending: 'end' | 'hang' | Error = 'end') {
  const left = [...chunks];
  const seen = { pulls: 0, cancelled: null as unknown };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulls++;
        const next = left.shift();
        if (next !== undefined) controller.enqueue(encoder.encode(next));
        else if (ending === 'end') controller.close();
        else if (ending instanceof Error) controller.error(ending);
        else return new Promise(() => {});
      },
      cancel(reason) {
        seen.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

function setup(chunks: readonly string[], ending: 'end' | 'hang' | Error = 'end', maxBytes = ROOMY) {
  const { stream, seen } = source(chunks, ending);
  const budget = { left: ROOMY };
  const abandoned: unknown[] = [];
  const broadcast = new Broadcast(stream, {
    maxBytes,
    budget,
    onAbandoned: (reason) => void abandoned.push(reason),
  });
  const join = (signal = forever(), tap?: StreamTap) => broadcast.subscribe({ signal, tap }).getReader();
  const recorded = async () => {
    const recording = await within('the recording', broadcast.recording);
    return recording && { text: texts(recording.chunks), ended: recording.ended };
  };
  return { broadcast, join, recorded, seen, budget, abandoned };
}

const texts = (chunks: readonly Uint8Array[]) => chunks.map((chunk) => decoder.decode(chunk));

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function take(reader: Reader, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const got: string[] = [];
  while (got.length < count) {
    const { done, value } = await within('a chunk', reader.read());
    if (done) return [...got, 'END'];
    got.push(decoder.decode(value));
  }
  return got;
}

/** What a reader gets, with the message of the error that ends it. */
async function outcome(reader: Reader): Promise<string[]> {
  const got: string[] = [];
  try {
    for (;;) {
      const [next = ''] = await take(reader, 1);
      got.push(next);
      if (next === 'END') return got;
    }
  } catch (fault) {
    return [...got, String(fault)];
  }
}

const ABC = ['a', 'b', 'c'];

describe('each subscriber of a broadcast', () => {
  it('gets all of it, at whatever moment it joins', async () => {
    for (let position = 0; position <= ABC.length + 1; position++) {
      const { join } = setup(ABC);
      const first = join();
      const head = await take(first, position);
      const late = join();
      expect(await take(late)).toEqual([...ABC, 'END']);
      if (position <= ABC.length) expect([...head, ...(await take(first))]).toEqual([...ABC, 'END']);
    }
  });

  it('gets what passed and then the error, wherever the source fails', async () => {
    for (let position = 0; position <= ABC.length; position++) {
      const passed = ABC.slice(0, position);
      const { join, recorded, broadcast } = setup(passed, new Error('reset'));
      const readers = [join(), join()];
      const slow = join();
      const expected = [...passed, 'Error: reset'];
      expect(await Promise.all(readers.map(outcome))).toEqual([expected, expected]);
      expect(broadcast.joinable).toBe(false);
      expect(await outcome(slow)).toEqual(expected);
      expect(await recorded()).toBeNull();
    }
  });

  it('gets the chunks as they are, not copies', async () => {
    const { join } = setup(['a']);
    const [one, other] = await Promise.all([join().read(), join().read()]);
    expect(one.value).toBe(other.value);
  });

  it('is served in one turn, also when there are ten thousand', async () => {
    const { join, recorded, seen } = setup([...ABC, ...ABC]);
    const readers = Array.from({ length: 10_000 }, () => join());
    const all = await Promise.all(readers.map((reader) => take(reader)));
    expect(new Set(all.map((got) => got.join('')))).toEqual(new Set(['abcabcEND']));
    expect(seen.pulls).toBe(7);
    expect(await recorded()).toEqual({ text: [...ABC, ...ABC], ended: true });
  });

  it('may read several times at once', async () => {
    const { join } = setup(ABC);
    const reader = join();
    const reads = await Promise.all([reader.read(), reader.read(), reader.read(), reader.read()]);
    expect(texts(reads.flatMap(({ value }) => value ?? []))).toEqual(ABC);
    expect(reads[3]).toEqual({ done: true, value: undefined });
  });
});

describe('the source of a broadcast', () => {
  it('is not read before anybody wants something, nor further', async () => {
    const { join, seen } = setup(ABC);
    const reader = join();
    join();
    await nextTurn();
    expect(seen.pulls).toBe(0);
    await take(reader, 2);
    await nextTurn();
    expect(seen.pulls).toBe(2);
  });

  it('goes on for the fast while the slow do not read', async () => {
    const { join } = setup(ABC);
    const slow = join();
    expect(await take(join())).toEqual([...ABC, 'END']);
    expect(await take(slow)).toEqual([...ABC, 'END']);
  });

  it('is cancelled when the last has left, and whoever listens is told why', async () => {
    const { join, seen, abandoned, broadcast } = setup(ABC, 'hang');
    const readers = [join(), join(), join()];
    await take(readers[0] as Reader, 3);
    await readers[0]?.cancel('one');
    await readers[1]?.cancel('two');
    expect([seen.cancelled, abandoned, broadcast.joinable]).toEqual([null, [], true]);
    await readers[2]?.cancel('three');
    expect([seen.cancelled, abandoned, broadcast.joinable]).toEqual(['three', ['three'], false]);
  });

  it('is not cancelled when it ended by itself', async () => {
    const { join, seen, abandoned } = setup(ABC);
    const slow = join();
    await take(join());
    await slow.cancel();
    expect([seen.cancelled, abandoned]).toEqual([null, []]);
  });

  it('is read on for those who stay when one leaves that a read was under way for', async () => {
    const { join } = setup(ABC);
    const [leaving, staying] = [join(), join()];
    const read = leaving.read();
    await leaving.cancel();
    expect(await read).toEqual({ done: true, value: undefined });
    expect(await take(staying)).toEqual([...ABC, 'END']);
  });

  it('survives a storm of those who leave', async () => {
    const { join, abandoned, recorded, budget, broadcast } = setup(ABC);
    const staying = join();
    const readers = Array.from({ length: 10_000 }, () => join());
    const reads = readers.map((reader) => reader.read());
    await Promise.all(readers.map((reader, i) => (i % 2 === 0 ? reader.cancel() : take(reader, 1))));
    await Promise.all(readers.map((reader) => reader.cancel()));
    await Promise.all(reads);
    expect(await take(staying)).toEqual([...ABC, 'END']);
    expect(abandoned).toEqual([]);
    expect(await recorded()).toEqual({ text: ABC, ended: true });
    broadcast.close();
    expect(budget.left).toBe(ROOMY);
  });

  it('that cannot be cancelled harms nobody', async () => {
    const stream = new ReadableStream<Uint8Array>({ cancel: () => Promise.reject(new Error('no')) });
    const options = { maxBytes: ROOMY, budget: { left: ROOMY }, onAbandoned: () => {} };
    const broadcast = new Broadcast(stream, options);
    await broadcast.subscribe({ signal: forever(), tap: undefined }).cancel();
    expect(await broadcast.recording).toEqual({ chunks: [], ended: false });
  });
});

describe('the signal of a subscriber', () => {
  it('ends its stream with the reason, and nobody else’s', async () => {
    const { join, abandoned } = setup(ABC);
    const controller = new AbortController();
    const [leaving, staying] = [join(controller.signal), join()];
    await take(leaving, 1);
    const read = leaving.read();
    controller.abort(new Error('gone'));
    await expect(within('the read', read)).rejects.toThrow('gone');
    expect(await take(staying)).toEqual([...ABC, 'END']);
    expect(abandoned).toEqual([]);
  });

  it('of the last one cancels the source, also when nobody reads', async () => {
    const { join, seen, abandoned } = setup(ABC, 'hang');
    const controller = new AbortController();
    join(controller.signal);
    controller.abort('gone');
    await nextTurn();
    expect([seen.cancelled, abandoned]).toEqual(['gone', ['gone']]);
  });

  it('means nothing once the stream is over', async () => {
    const { join, abandoned } = setup(ABC);
    const controller = new AbortController();
    expect(await take(join(controller.signal))).toEqual([...ABC, 'END']);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort('late');
    expect(abandoned).toEqual([]);
  });
});

describe('the recording of a broadcast', () => {
  it('is all that passed, once the source ended', async () => {
    const { join, recorded } = setup(ABC);
    await take(join());
    expect(await recorded()).toEqual({ text: ABC, ended: true });
  });

  it('is what passed when all left before the end', async () => {
    const { join, recorded } = setup(ABC, 'hang');
    const reader = join();
    await take(reader, 3);
    await reader.cancel();
    expect(await recorded()).toEqual({ text: ABC, ended: false });
  });

  it('is none once more has passed than may be kept', async () => {
    const { join, recorded, broadcast } = setup(ABC, 'end', TIGHT);
    const reader = join();
    await take(reader, 1);
    expect(broadcast.joinable).toBe(false);
    expect(await recorded()).toBeNull();
    expect(await take(reader)).toEqual(['b', 'c', 'END']);
  });

  it('is none when it was closed before', async () => {
    const { join, recorded, broadcast } = setup(ABC);
    const reader = join();
    await take(reader, 2);
    broadcast.close();
    expect(await recorded()).toBeNull();
    expect(await take(reader)).toEqual(['c', 'END']);
  });
});

describe('memory', () => {
  it('is held until the slowest has read, and then no longer', async () => {
    const { join, broadcast, budget } = setup(ABC);
    const slow = join();
    await take(join());
    broadcast.close();
    const held = ROOMY - budget.left;
    expect(held).toBeGreaterThan(3);
    await take(slow, 1);
    expect(ROOMY - budget.left).toBe((held / 3) * 2);
    await take(slow);
    expect(budget.left).toBe(ROOMY);
  });

  it('is given back by those who leave', async () => {
    const { join, broadcast, budget } = setup(ABC);
    const slow = join();
    await take(join());
    broadcast.close();
    await slow.cancel();
    expect(budget.left).toBe(ROOMY);
  });

  it('past its bound makes the fast wait for the slow', async () => {
    const { join, seen } = setup(ABC, 'end', TIGHT);
    const [fast, slow] = [join(), join()];
    await take(fast, 1);
    const read = fast.read();
    await nextTurn();
    expect(seen.pulls).toBe(1);
    expect(await take(slow, 1)).toEqual(['a']);
    expect(decoder.decode((await within('the fast one goes on', read)).value)).toBe('b');
    const next = fast.read();
    await nextTurn();
    expect(seen.pulls).toBe(2);
    await slow.cancel();
    expect(decoder.decode((await within('alone it goes on', next)).value)).toBe('c');
    expect(await take(fast)).toEqual(['END']);
  });

  it('past its bound is not filled for one who waited and left', async () => {
    const { join, seen } = setup(ABC, 'end', TIGHT);
    const [fast, slow] = [join(), join()];
    await take(fast, 1);
    const read = fast.read();
    await nextTurn();
    await fast.cancel();
    await read;
    expect(await take(slow, 1)).toEqual(['a']);
    await nextTurn();
    expect(seen.pulls).toBe(1);
    expect(await take(slow)).toEqual(['b', 'c', 'END']);
  });

  it('does not keep what comes while the last one leaves', async () => {
    let give: (chunk: Uint8Array) => void = () => {};
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        give = (chunk) => controller.enqueue(chunk);
      },
    });
    const budget = { left: ROOMY };
    const broadcast = new Broadcast(stream, { maxBytes: ROOMY, budget, onAbandoned: () => {} });
    const reader = broadcast.subscribe({ signal: forever(), tap: undefined }).getReader();
    const read = reader.read();
    await nextTurn();
    give(Uint8Array.of(1));
    const left = reader.cancel();
    await Promise.all([read, left]);
    await nextTurn();
    expect(budget.left).toBe(ROOMY);
  });

  it('may run out for all broadcasts together', async () => {
    const { join, recorded, budget } = setup(ABC);
    budget.left = 0;
    const [one, other] = [join(), join()];
    expect(await Promise.all([take(one), take(other)])).toEqual([
      [...ABC, 'END'],
      [...ABC, 'END'],
    ]);
    expect(await recorded()).toBeNull();
    expect(budget.left).toBe(0);
  });
});

describe('the tap of a subscriber', () => {
  function tapOf(parts: Partial<StreamTap> = {}) {
    const calls: string[] = [];
    const tap: StreamTap = {
      chunk(bytes) {
        calls.push(decoder.decode(bytes));
        return bytes;
      },
      end() {
        calls.push('end');
        return encoder.encode('!');
      },
      fail(fault) {
        calls.push(`fail ${fault}`);
        return encoder.encode('?');
      },
      cancel: () => void calls.push('cancel'),
      waiting: (isWaiting) => void calls.push(isWaiting ? 'waits' : 'goes'),
      ...parts,
    };
    return { tap, calls };
  }

  it('changes what its own consumer gets', async () => {
    const { join, recorded } = setup(ABC);
    const { tap } = tapOf({ chunk: (bytes) => (decoder.decode(bytes) === 'b' ? null : bytes) });
    const [tapped, plain] = [join(forever(), tap), join()];
    expect(await Promise.all([take(tapped), take(plain)])).toEqual([
      ['a', 'c', '!', 'END'],
      [...ABC, 'END'],
    ]);
    expect(await take(join(forever(), tap))).toEqual(['a', 'c', '!', 'END']);
    expect(await recorded()).toEqual({ text: ABC, ended: true });
  });

  it('is told when its consumer waits, and of one end', async () => {
    const { join } = setup(['a', 'b']);
    const first = tapOf();
    await take(join(forever(), first.tap));
    expect(first.calls).toEqual(['waits', 'goes', 'a', 'waits', 'goes', 'b', 'waits', 'goes', 'end']);
    const late = tapOf();
    await take(join(forever(), late.tap));
    expect(late.calls).toEqual(['a', 'b', 'end']);
  });

  it('writes the end of what failed', async () => {
    const { join } = setup(['a'], new Error('reset'));
    const { tap, calls } = tapOf();
    expect(await outcome(join(forever(), tap))).toEqual(['a', '?', 'END']);
    expect(calls.at(-1)).toBe('fail Error: reset');
  });

  it('may have nothing to write at the end', async () => {
    for (const ending of ['end', new Error('reset')] as const) {
      const { join } = setup(['a'], ending);
      const { tap } = tapOf({ end: () => new Uint8Array(0), fail: () => new Uint8Array(0) });
      expect(await outcome(join(forever(), tap))).toEqual(['a', 'END']);
    }
  });

  it.each(['chunk', 'end'] as const)('may make another one leave with its %s', async (method) => {
    const { join, broadcast, budget, abandoned } = setup(['a']);
    const controller = new AbortController();
    const { tap } = tapOf({
      [method]() {
        controller.abort(new Error('gone'));
        return encoder.encode('!');
      },
    });
    const leaving = tapOf();
    const [one, other, third] = [join(forever(), tap), join(controller.signal, leaving.tap), join()];
    const [, fate, rest] = await Promise.all([take(one), outcome(other), take(third)]);
    expect(fate.slice(-2)).toEqual(['?', 'END']);
    expect(leaving.calls.filter((call) => /end|fail|cancel/.test(call))).toEqual(['fail Error: gone']);
    expect(rest).toEqual(['a', 'END']);
    broadcast.close();
    expect([budget.left, abandoned]).toEqual([ROOMY, []]);
  });

  it('may leave it to the stream to fail', async () => {
    const { join } = setup(['a'], new Error('reset'));
    expect(await outcome(join(forever(), tapOf({ fail: () => null }).tap))).toEqual(['a', 'Error: reset']);
  });

  it('writes the end of one whose time is over', async () => {
    const { join } = setup(['a'], 'hang');
    const controller = new AbortController();
    const { tap, calls } = tapOf();
    const reader = join(controller.signal, tap);
    await take(reader, 1);
    const rest = take(reader);
    await nextTurn();
    controller.abort('late');
    expect(await rest).toEqual(['?', 'END']);
    expect(calls).toEqual(['waits', 'goes', 'a', 'waits', 'goes', 'fail late']);
  });

  it('is told that its consumer has gone, and no more', async () => {
    const { join } = setup(ABC);
    const { tap, calls } = tapOf();
    const controller = new AbortController();
    const reader = join(controller.signal, tap);
    await take(reader, 1);
    await reader.cancel();
    controller.abort();
    expect(calls).toEqual(['waits', 'goes', 'a', 'cancel']);
  });

  it('that throws ends its own stream only', async () => {
    const { join, abandoned } = setup(ABC);
    const broken = tapOf({
      chunk() {
        throw new Error('defect');
      },
    });
    const [one, other] = [join(forever(), broken.tap), join()];
    expect(await Promise.all([outcome(one), outcome(other)])).toEqual([
      ['?', 'END'],
      [...ABC, 'END'],
    ]);
    expect(abandoned).toEqual([]);
  });

  it.each(['end', 'fail'] as const)(
    'that throws at the %s does not make it look finished',
    async (method) => {
      const { join } = setup(['a'], method === 'end' ? 'end' : new Error('reset'));
      const broken = tapOf({
        [method]() {
          throw new Error('defect');
        },
      });
      expect(await outcome(join(forever(), broken.tap))).toEqual(['a', 'Error: defect']);
    },
  );
});
