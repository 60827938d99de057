import type { Prepared } from '../dispatch.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { HidingFilter } from '../streams/hiding-filter.ts';
import { hidesUsage } from './usage-chunk.ts';

/**
 * What stands between a shared stream and one of its clients: it hides what this one did not ask for.
 * @param onOver told once how it ended for this client; null: somebody else knows.
 */
export function passengerTap(prepared: Prepared, onOver: ((left: boolean) => void) | null): StreamTap {
  const hide = hidesUsage(prepared);
  const filter = hide === null ? null : new HidingFilter(hide);
  return {
    waiting: () => {},
    chunk: (bytes) => (filter === null ? bytes : filter.chunk(bytes)),
    end() {
      onOver?.(false);
      return filter?.rest() ?? null;
    },
    fail() {
      onOver?.(false);
      return null;
    },
    cancel: () => onOver?.(true),
  };
}
