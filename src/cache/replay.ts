import { asBytes } from '../bytes.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { Clock } from '../ports/clock.ts';
import { HidingFilter } from '../streams/hiding-filter.ts';

export interface ReplayOptions {
  /** True for the data of an event that this client did not ask for; null: every byte passes. */
  readonly hide: ((data: string) => boolean) | null;
  /** Time between two chunks; null: as fast as they are read. */
  readonly pace: Pace | null;
}

interface Pace {
  readonly clock: Clock;
  readonly msPerChunk: number;
}

/** A kept stream once more, in the chunks in which it came. */
export function replay(
  { body, chunks }: Pick<Entry, 'body' | 'chunks'>,
  { hide, pace }: ReplayOptions,
): ReadableStream<Uint8Array> {
  const all = slices(asBytes(body), chunks);
  const pieces = hide === null ? all : shown(all, hide);
  return pace === null ? atOnce(pieces) : paced(pieces, pace);
}

/** All is there already, so that no chunk has to be asked for. */
function atOnce(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

function paced(pieces: Generator<Uint8Array, void>, { clock, msPerChunk }: Pace): ReadableStream<Uint8Array> {
  let stopWaiting = () => {};
  let isFirst = true;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = pieces.next();
        if (done) {
          controller.close();
          return;
        }
        if (!isFirst) {
          await new Promise<void>((resolve) => {
            stopWaiting = clock.after(msPerChunk, resolve);
          });
        }
        isFirst = false;
        controller.enqueue(value);
      },
      cancel: () => stopWaiting(),
    },
    { highWaterMark: 0 },
  );
}

function* slices(body: Uint8Array, lengths: readonly number[]): Generator<Uint8Array, void> {
  let at = 0;
  for (const length of lengths) {
    yield body.subarray(at, at + length);
    at += length;
  }
}

/** The chunks without the events that are hidden. What begins in one chunk and ends in another comes with the other. */
function* shown(chunks: Iterable<Uint8Array>, hide: (data: string) => boolean): Generator<Uint8Array, void> {
  const filter = new HidingFilter(hide);
  for (const chunk of chunks) {
    const left = filter.chunk(chunk);
    if (left !== null) yield left;
  }
  const rest = filter.rest();
  if (rest !== null) yield rest;
}
