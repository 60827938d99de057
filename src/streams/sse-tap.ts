import { type StreamTap, UpstreamFault } from '../ports/fetch.ts';
import { HidingFilter } from './hiding-filter.ts';
import { LineScanner } from './lines.ts';

/** Reads the lines of a stream as they pass. */
export interface LineReader {
  line(text: string): void;
  state(): 'open' | 'finished' | 'failed';
}

/** How a relayed stream ended. `error_event`: the upstream said so itself, in its own words. */
export type StreamEnd = 'finished' | 'error_event' | 'cut' | 'cancelled';

export interface SseTapOptions {
  readonly reader: LineReader;
  /** True for the data of an event that the client did not ask for; null: every byte passes. */
  readonly hide: ((data: string) => boolean) | null;
  /** The error event of the client's dialect for a stream that broke off. */
  readonly brokenEvent: (fault: unknown) => string;
  readonly waiting: (isWaiting: boolean) => void;
  readonly onFirstByte: () => void;
  readonly onEnd: (end: StreamEnd, fault: unknown) => void;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** How a stream ended whose reader has gone: as it had by itself, if it had. */
const END_OF = { open: 'cancelled', finished: 'finished', failed: 'error_event' } as const;

/** A tap for event streams: bytes pass as they are, a broken answer ends with the dialect's error event. */
export function createSseTap(options: SseTapOptions): StreamTap {
  const { reader } = options;
  const lines = new LineScanner((line) => reader.line(line));
  const filter = options.hide === null ? null : new HidingFilter(options.hide, (bytes) => lines.feed(bytes));
  let started = false;

  const broken = (fault: unknown): Uint8Array => {
    options.onEnd('cut', fault);
    // A cut inside an event leaves a torn line: end it, or the error would become part of it.
    return encoder.encode((lines.betweenEvents ? '' : '\n\n') + options.brokenEvent(fault));
  };

  return {
    waiting: options.waiting,
    chunk(bytes) {
      if (!started) {
        started = true;
        options.onFirstByte();
      }
      if (filter !== null) return filter.chunk(bytes);
      lines.feed(bytes);
      return bytes;
    },
    end() {
      const rest = filter?.rest() ?? null;
      lines.flush();
      if (reader.state() === 'open')
        return broken(new UpstreamFault('cut', 'the stream ended without its terminal event'));
      options.onEnd(reader.state() === 'finished' ? 'finished' : 'error_event', null);
      return rest;
    },
    fail(fault) {
      if (reader.state() === 'open') return broken(fault);
      options.onEnd(reader.state() === 'finished' ? 'finished' : 'error_event', null);
      return NOTHING;
    },
    cancel() {
      options.onEnd(END_OF[reader.state()], null);
    },
  };
}
