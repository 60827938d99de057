import type { StreamStart, StreamTap } from '../ports/fetch.ts';

/**
 * A stream through a tap, for drivers that get a `ReadableStream` from their platform. One hop, pull by pull: a chunk is
 * read only when the consumer has taken the one before. `pipeThrough(new TransformStream())` would cost twice as much.
 */
export function relay(
  source: ReadableStream<Uint8Array>,
  tap: StreamTap | undefined,
  start?: StreamStart,
): ReadableStream<Uint8Array> {
  return tap === undefined ? source : through(source, tap, start);
}

function through(
  source: ReadableStream<Uint8Array>,
  tap: StreamTap,
  when: StreamStart | undefined,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let cancelled = false;
  /** The read that nobody asked for; null: it is over, or there is none. */
  let opening: Promise<void> | null = null;

  async function read(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        tap.waiting(true);
        const { done, value } = await reader.read();
        tap.waiting(false);
        // Cancelling ends a read that waits, which is no end of the upstream's.
        if (cancelled) return;
        if (done) return finish(controller, tap.end());
        const out = tap.chunk(value);
        if (out !== null) return controller.enqueue(out);
      }
    } catch (fault) {
      tap.waiting(false);
      if (cancelled) return;
      const last = tap.fail(fault);
      // The source may still hold a connection when it was the tap that threw.
      reader.cancel(fault).catch(() => {});
      if (last === null) return controller.error(fault);
      finish(controller, last);
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (when !== 'at-once') return;
        opening = read(controller).then(() => {
          opening = null;
        });
      },
      // What the opening read gives is for the reader that came meanwhile.
      pull: (controller) => opening ?? read(controller),
      cancel(reason) {
        cancelled = true;
        tap.cancel();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function finish(controller: ReadableStreamDefaultController<Uint8Array>, last: Uint8Array | null): void {
  if (last !== null && last.length > 0) controller.enqueue(last);
  controller.close();
}
