import type { JsonObject } from '../../domain/call.ts';
import type { Dialect } from '../../domain/dialect.ts';
import type { Usage } from '../../domain/usage.ts';
import { ChatStreamReader } from './chat-stream.ts';
import { MessagesStreamReader } from './messages-stream.ts';
import { ResponsesStreamReader } from './responses-stream.ts';

export type StreamState = 'open' | 'finished' | 'failed';

/** Reads a stream line by line as it passes: what it used, and how it stands. */
export interface StreamReader {
  /** One complete line without its end, in order. Never throws. */
  line(text: string): void;
  /** The provider's own count so far; null when it said nothing yet. */
  usage(): Usage | null;
  /** Output tokens by the deltas that passed, for streams that end before their count. */
  estimatedOutput(): number;
  state(): StreamState;
}

export function createStreamReader(dialect: Dialect): StreamReader {
  switch (dialect) {
    case 'anthropic-messages':
      return new MessagesStreamReader();
    case 'openai-responses':
      return new ResponsesStreamReader();
    default:
      return new ChatStreamReader();
  }
}

/** True for the data of the chunk that `stream_options.include_usage` adds: no choices, and the usage. */
export function isUsageOnlyChunk(data: string): boolean {
  if (!data.includes('"usage"')) return false;
  const chunk = parseData(data);
  return (
    chunk !== null &&
    Array.isArray(chunk.choices) &&
    chunk.choices.length === 0 &&
    typeof chunk.usage === 'object' &&
    chunk.usage !== null
  );
}

function parseData(data: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}
