import type { ReplyFacts } from '../../domain/reply-facts.ts';
import type { Usage } from '../../domain/usage.ts';

export type StreamState = 'open' | 'finished' | 'failed';

/** Reads a stream line by line as it passes: what it used, and how it stands. */
export interface StreamReader {
  /** One complete line without its end, in order. Never throws. */
  line(text: string): void;
  /** The provider's own count so far; null when it said nothing yet. */
  usage(): Usage | null;
  /** Output tokens by the deltas that passed, for streams that end before their count. */
  estimatedOutput(): number;
  /** What it said of itself so far. */
  facts(): ReplyFacts;
  /** `finished` once the dialect's terminal event was seen, `failed` once an error event was. */
  state(): StreamState;
}

/** Reads the events of one dialect's stream. */
export interface EventReader extends Omit<StreamReader, 'line'> {
  /** One event. `name` is that of its `event:` line, empty where it has none. Never throws. */
  event(name: string, data: string): void;
}
