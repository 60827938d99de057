import type { KeptEnding } from '../domain/cache-policy.ts';
import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Recording } from './broadcast.ts';
import { type Ending, replyEnding } from './ending.ts';
import { streamEnding } from './stream-ending.ts';

/**
 * Whether a JSON answer with a status of 2xx is worth keeping.
 * @param kept endings that are kept beside whole ones
 */
export function isCompleteReply(dialect: Dialect, reply: JsonObject, kept: readonly KeptEnding[]): boolean {
  return isKept(replyEnding(dialect, reply), kept);
}

/** Whether a stream that began with a status of 2xx is worth keeping. */
export function isCompleteStream(
  dialect: Dialect,
  recording: Recording,
  kept: readonly KeptEnding[],
): boolean {
  return isKept(streamEnding(dialect, recording), kept);
}

function isKept(ending: Ending, kept: readonly KeptEnding[]): boolean {
  return ending === 'whole' || (ending !== 'broken' && kept.includes(ending));
}
