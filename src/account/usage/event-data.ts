import type { JsonObject } from '../../domain/call.ts';

/** One malformed event must not end the reading of a stream: it is passed over. */
export function parseEvent(data: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

/** What an event is: as its data says, else as it was named. An error is one however it was told. */
export function typeOf(name: string, event: JsonObject | null): string {
  if (name === 'error') return name;
  if (typeof event?.type === 'string') return event.type;
  return event?.error ? 'error' : name;
}
