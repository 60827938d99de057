import type { JsonObject } from '../../domain/call.ts';

/** Writes numbered events as text, each with its blank line. */
export class EventWriter {
  #sequence = 0;

  event(type: string, fields: JsonObject): string {
    return this.raw(type, JSON.stringify(fields).slice(1));
  }

  /** `rest`: the fields as JSON, without the brace that opens them. */
  raw(type: string, rest: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${rest}\n\n`;
  }
}

/** What every block of an answer needs to know; `done` takes a finished item to its place in the output. */
export interface Output {
  readonly events: EventWriter;
  readonly response: string;
  done(index: number, item: JsonObject): void;
}
