import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { within } from '../../tests/support/wait.ts';
import type { Recording } from './broadcast.ts';
import type { Flight, Landing, Passenger } from './flight.ts';
import { Flights, type Fly } from './flights.ts';

const encoder = new TextEncoder();
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** What the provider is made to do, step by step. */
function provider() {
  const calls: Flight<string>[] = [];
  const kept = Promise.withResolvers<void>();
  let current = Promise.withResolvers<(flight: Flight<string>) => unknown>();
  const fly: Fly<string> = async (flight) => {
    calls.push(flight);
    const answer = await current.promise;
    await answer(flight);
    await kept.promise;
  };
  return {
    fly,
    calls,
    /** Lets the answer be kept, which ends the flight. */
    keep: () => kept.resolve(),
    answer: (step: (flight: Flight<string>) => unknown) => {
      current.resolve(step);
      current = Promise.withResolvers();
      return nextTurn();
    },
  };
}

function setup() {
  const flights = new Flights<string>({ maxBytes: 100_000, maxTotalBytes: 1_000_000 });
  const api = provider();

  function start(key: string, fly: Fly<string>, client: AbortSignal) {
    const call = new AbortController();
    const end = () => call.abort(client.reason);
    client.addEventListener('abort', end);
    const leader = {
      call: call.signal,
      share(all: AbortSignal) {
        client.removeEventListener('abort', end);
        all.addEventListener('abort', () => call.abort(all.reason));
        return { signal: client };
      },
    };
    const { flight, over } = flights.start(key, leader, fly);
    over.catch(() => {});
    return { leads: true, landing: flight.landing, over, call: call.signal };
  }

  /** Joins the flight there is, or starts one. */
  const join = (key = 'k', fly = api.fly, passenger: Partial<Passenger<string>> = {}) => {
    const controller = new AbortController();
    const { signal } = controller;
    const found = flights.find(key);
    const joined =
      found === null
        ? start(key, fly, signal)
        : { leads: false, landing: found.join({ signal, ...passenger }), over: null, call: null };
    joined.landing.catch(() => {});
    return { ...joined, controller, leave: () => controller.abort(new Error('gone')) };
  };
  return { flights, api, join };
}

/** A stream that is written by hand. */
function manual() {
  const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (made) => {
      controller = made;
    },
    cancel: resolve,
  });
  return {
    stream,
    cancelled,
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    close: () => controller?.close(),
    fail: (fault: Error) => controller?.error(fault),
  };
}

const whole = { head: 'h', body: '{"a":1}' };

function overOf(joined: { readonly over: Promise<void> | null } | undefined): Promise<void> {
  return joined?.over ?? Promise.reject(new Error('it leads no flight'));
}

async function textOf(landing: Promise<Landing<string>>): Promise<string> {
  const { body } = await within('the landing', landing);
  if (!(body instanceof ReadableStream)) throw new Error('the body is no stream');
  return within('the body', new Response(body).text());
}

describe('equal calls at the same time', () => {
  it('make one call of the provider, ten thousand as well', async () => {
    const { flights, api, join } = setup();
    const all = Array.from({ length: 10_000 }, () => join());
    await api.answer((flight) => flight.land(whole));
    expect(new Set(await Promise.all(all.map(({ landing }) => landing)))).toEqual(new Set([whole]));
    expect(all.filter(({ leads }) => leads)).toEqual([all[0]]);
    expect([api.calls.length, flights.size]).toEqual([1, 1]);
  });

  it('share a stream, late or not', async () => {
    const { api, join } = setup();
    const { stream, write, close } = manual();
    const early = join();
    await api.answer((flight) => flight.landStream('h', stream));
    const first = textOf(early.landing);
    write('a');
    await nextTurn();
    const late = textOf(join().landing);
    write('b');
    close();
    const after = textOf(join().landing);
    expect(await Promise.all([first, late, after])).toEqual(['ab', 'ab', 'ab']);
    expect(api.calls).toHaveLength(1);
  });

  it('that are not equal share nothing', async () => {
    const { api, join } = setup();
    expect([join('a').leads, join('b').leads]).toEqual([true, true]);
    expect(api.calls).toHaveLength(2);
  });

  it('may join until the answer is kept, and then start anew', async () => {
    const { flights, api, join } = setup();
    const leader = join();
    await api.answer((flight) => flight.land(whole));
    const late = join();
    expect([late.leads, await late.landing]).toEqual([false, whole]);
    api.keep();
    await within('the flight is over', overOf(leader));
    expect(flights.size).toBe(0);
    expect(join().leads).toBe(true);
  });

  it('start anew when the stream was too much to keep', async () => {
    const { flights, api, join } = setup();
    const { stream, write, close } = manual();
    const first = join();
    let recording: Recording | null | undefined;
    await api.answer(async (flight) => {
      recording = await flight.landStream('h', stream);
    });
    const text = textOf(first.landing);
    write('x'.repeat(200_000));
    await nextTurn();
    const second = join();
    expect([recording, second.leads, flights.size]).toEqual([null, true, 1]);
    close();
    expect(await text).toHaveLength(200_000);
    api.keep();
    await within('the first is over', overOf(first));
    expect(flights.size).toBe(1);
    expect(flights.heldBytes).toBe(0);
    await api.answer((flight) => flight.land(whole));
    await within('the second is over', overOf(second));
    expect(flights.size).toBe(0);
  });
});

describe('who leaves', () => {
  it('first does not take the others with him', async () => {
    const { api, join } = setup();
    const [leader, follower] = [join(), join()];
    leader.leave();
    await expect(leader.landing).rejects.toThrow('gone');
    expect(leader.call?.aborted).toBe(false);
    await api.answer((flight) => flight.land(whole));
    expect(await follower.landing).toBe(whole);
  });

  it('last stops the call, and whoever comes then starts anew', async () => {
    const { api, join } = setup();
    const [leader, follower] = [join(), join()];
    leader.leave();
    follower.leave();
    expect(leader.call).toMatchObject({ aborted: true, reason: new Error('gone') });
    expect(join().leads).toBe(true);
    expect(api.calls).toHaveLength(2);
  });

  it('last leaves no stream behind that comes all the same', async () => {
    const { api, join } = setup();
    const { stream, cancelled } = manual();
    const leader = join();
    leader.leave();
    let recording: Recording | null | undefined;
    await api.answer(async (flight) => {
      recording = await flight.landStream('h', stream);
    });
    expect(await within('the stream is cancelled', cancelled)).toEqual(new Error('gone'));
    expect(recording).toBeNull();
    api.keep();
    await within('the flight is over', overOf(leader));
  });

  it('in the middle of a stream stops it when nobody is left', async () => {
    const { api, join } = setup();
    const { stream, cancelled, write } = manual();
    const [leader, follower] = [join(), join()];
    let recording: Recording | null | undefined;
    await api.answer(async (flight) => {
      recording = await flight.landStream('h', stream);
    });
    const { body } = await leader.landing;
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    write('a');
    await reader.read();
    await reader.cancel();
    expect(leader.call?.aborted).toBe(false);
    follower.leave();
    expect(await within('the stream is cancelled', cancelled)).toEqual(new Error('gone'));
    expect(leader.call?.aborted).toBe(true);
    await nextTurn();
    expect(recording).toEqual({ chunks: [encoder.encode('a')], ended: false });
  });

  it('while alone takes nobody along who comes later', () => {
    const { flights, api, join } = setup();
    join().leave();
    expect(flights.find('k')).toBeNull();
    expect(join().leads).toBe(true);
    expect([api.calls.length, flights.size]).toEqual([2, 1]);
  });

  it('leaves no listener behind, however it ended', async () => {
    const { api, join } = setup();
    const [leader, leaver] = [join(), join()];
    leaver.leave();
    await api.answer((flight) => flight.land(whole));
    await leader.landing;
    for (const { controller } of [leader, leaver]) {
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    }
  });
});

describe('a flight that fails', () => {
  it('fails for all, and the next call starts anew', async () => {
    const { flights, api, join } = setup();
    const all = [join(), join()];
    await api.answer(() => Promise.reject(new Error('502')));
    for (const { landing } of all) await expect(landing).rejects.toThrow('502');
    await within('the flight is over', overOf(all[0]));
    expect(flights.size).toBe(0);
    expect(join().leads).toBe(true);
  });

  it('also when it throws at once, or has no answer', async () => {
    const { join } = setup();
    const thrown = join('a', () => {
      throw new Error('defect');
    });
    await expect(thrown.landing).rejects.toThrow('defect');
    await expect(join('b', async () => {}).landing).rejects.toThrow('without an answer');
  });

  it('after the landing tells only whoever asks', async () => {
    const { flights, join } = setup();
    const leader = join('k', async (flight) => {
      flight.land(whole);
      throw new Error('not kept');
    });
    expect(await leader.landing).toBe(whole);
    await expect(overOf(leader)).rejects.toThrow('not kept');
    expect(flights.size).toBe(0);
  });

  it('in the middle of a stream fails for all who read it', async () => {
    const { api, join } = setup();
    const { stream, write, fail } = manual();
    const all = [join(), join()];
    let recording: Recording | null | undefined;
    await api.answer(async (flight) => {
      recording = await flight.landStream('h', stream);
    });
    const texts = all.map(({ landing }) => textOf(landing));
    write('a');
    await nextTurn();
    fail(new Error('reset'));
    for (const text of texts) await expect(text).rejects.toThrow('reset');
    expect(recording).toBeNull();
    expect(join().leads).toBe(true);
  });
});

describe('a passenger', () => {
  it('has a tap of its own, made for the head', async () => {
    const { api, join } = setup();
    const { stream, write, close } = manual();
    const plain = join();
    const tapped = join('k', api.fly, {
      tap: (head) => ({
        chunk: (bytes) => bytes,
        end: () => encoder.encode(head),
        fail: () => null,
        cancel: () => {},
        waiting: () => {},
      }),
    });
    await api.answer((flight) => flight.landStream('h', stream));
    write('a');
    close();
    expect(await Promise.all([textOf(plain.landing), textOf(tapped.landing)])).toEqual(['a', 'ah']);
  });
});
