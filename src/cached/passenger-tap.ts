import type { Prepared } from '../dispatch.ts';
import type { Provider } from '../domain/provider.ts';
import { brokenEvent } from '../edge/broken-event.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { HidingFilter } from '../streams/hiding-filter.ts';
import { LineScanner } from '../streams/lines.ts';
import { hidesUsage } from './usage-chunk.ts';

/** How a shared stream ended for one of its clients. `left`: by the client itself; else what broke it off. */
export type PassengerEnd = 'whole' | 'left' | { readonly fault: unknown };

const encoder = new TextEncoder();

/**
 * What stands between a shared stream and one of its clients: it hides what this one did not ask for, and says so when it
 * ends for this one alone.
 * @param provider who answers
 * @param onOver told once
 */
export function passengerTap(
  prepared: Prepared,
  provider: Provider,
  onOver: (end: PassengerEnd) => void,
): StreamTap {
  const { call, life } = prepared;
  const hide = hidesUsage(prepared, provider);
  const filter = hide === null ? null : new HidingFilter(hide);
  const events = call.dialect === 'openai-responses' ? new EventCount() : null;

  function show(bytes: Uint8Array | null): Uint8Array | null {
    if (bytes !== null) events?.feed(bytes);
    return bytes;
  }

  return {
    waiting: () => {},
    chunk: (bytes) => show(filter === null ? bytes : filter.chunk(bytes)),
    end() {
      onOver('whole');
      return filter?.rest() ?? null;
    },
    fail(fault) {
      const error = fault instanceof GatewayError ? fault : null;
      onOver(error?.code === 'client_closed' ? 'left' : { fault });
      if (error === null || error.code === 'client_closed') return null;
      const { requestId } = life.record.incoming;
      // Blank lines end an event that was torn, and are nothing between two (the grammar of event streams).
      return encoder.encode(`\n\n${brokenEvent(call.dialect, error, requestId, events?.count ?? 0)}`);
    },
    cancel: () => onOver('left'),
  };
}

/** Counts events that have data, which gives the `sequence_number` of the next. */
class EventCount {
  count = 0;
  readonly #lines = new LineScanner((line) => {
    if (line.startsWith('data:')) this.count++;
  });

  feed(bytes: Uint8Array): void {
    this.#lines.feed(bytes);
  }
}
