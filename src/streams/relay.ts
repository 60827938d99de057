/** What stands between an upstream's bytes and the client. Every method is called in order, at most one of the last three. */
export interface Tap {
  /** Bytes came; answers what to pass on now, null for nothing. */
  chunk(bytes: Uint8Array): Uint8Array | null;
  /** The upstream ended by itself; answers what to write before the end, null for nothing. */
  end(): Uint8Array | null;
  /** The upstream broke; answers the last thing to write (it may be empty), or null to break the client's stream too. */
  fail(fault: unknown): Uint8Array | null;
  /** The client has gone. */
  cancel(): void;
  /** A read from the upstream begins or has ended: the time between is the upstream's to answer for. */
  waiting(isWaiting: boolean): void;
}

/**
 * One hop, pull by pull: a chunk is read only when the client has taken the one before, so back-pressure
 * reaches the upstream. `pipeThrough(new TransformStream())` would do the same at several times the cost.
 */
export function relay(source: ReadableStream<Uint8Array>, tap: Tap): ReadableStream<Uint8Array> {
  const reader = source.getReader();

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        tap.waiting(true);
        const { done, value } = await reader.read();
        tap.waiting(false);
        if (done) return finish(controller, tap.end());
        const out = tap.chunk(value);
        if (out !== null) return controller.enqueue(out);
      }
    } catch (fault) {
      tap.waiting(false);
      const last = tap.fail(fault);
      // The source may still hold a connection when it was the tap that threw.
      reader.cancel(fault).catch(() => {});
      if (last === null) return controller.error(fault);
      finish(controller, last);
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      pull,
      cancel(reason) {
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
