import { EventLines } from '../../streams/event-lines.ts';
import { Collected } from './collect.ts';
import type { StreamPart } from './reply.ts';
import type { StreamReader } from './translator.ts';

/** The parts that a reader makes of the text of a stream. */
export function partsOfText(text: string, reader: StreamReader): StreamPart[] {
  const parts: StreamPart[] = [];
  const lines = new EventLines((name, data) => parts.push(...reader.event(name, data)));
  for (const line of text.split(/\r?\n/)) lines.line(line);
  lines.settle();
  return [...parts, ...reader.end()];
}

export function collected(parts: readonly StreamPart[]): Collected {
  const all = new Collected();
  for (const part of parts) all.add(part);
  return all;
}
