import type { Dialect } from '../domain/dialect.ts';
import { parseObject } from '../json.ts';
import type { Recording } from './broadcast.ts';
import { type Ending, replyEnding } from './ending.ts';
import { streamEnding } from './stream-ending.ts';

/** Answers that are kept although they are not whole. */
export type KeptEndings = ReadonlySet<Exclude<Ending, 'whole' | 'broken'>>;

/** Whether a JSON answer with a status of 2xx is worth keeping. */
export function isCompleteReply(dialect: Dialect, text: string, kept: KeptEndings): boolean {
  const reply = parseObject(text);
  return reply !== null && isKept(replyEnding(dialect, reply), kept);
}

/** Whether a stream that began with a status of 2xx is worth keeping. */
export function isCompleteStream(dialect: Dialect, recording: Recording, kept: KeptEndings): boolean {
  return isKept(streamEnding(dialect, recording), kept);
}

function isKept(ending: Ending, kept: KeptEndings): boolean {
  return ending === 'whole' || (ending !== 'broken' && kept.has(ending));
}
