import type { JsonObject } from '../../domain/call.ts';
import type { Output } from './event-writer.ts';
import { itemId } from './ids.ts';
import { messageItem, type Status } from './output-items.ts';

/** A message while its parts are written. It stays open for more of them until something else begins. */
export class MessageItem {
  readonly id: string;
  readonly index: number;
  readonly #output: Output;
  readonly #content: JsonObject[] = [];
  #parts = 0;
  #open = 0;
  #closing: Status | null = null;

  constructor(output: Output, index: number) {
    this.id = itemId('msg', output.response, index);
    this.index = index;
    this.#output = output;
  }

  begin(): string {
    const item = messageItem(this.id, [], 'in_progress');
    return this.#output.events.event('response.output_item.added', { output_index: this.index, item });
  }

  /** Its place in the content. */
  addPart(): number {
    this.#open++;
    return this.#parts++;
  }

  partDone(index: number, part: JsonObject): string {
    this.#content[index] = part;
    this.#open--;
    return this.#closing === null ? '' : this.close(this.#closing);
  }

  /** Ends the message as soon as all its parts have ended. */
  close(status: Status): string {
    this.#closing = status;
    if (this.#open > 0) return '';
    const item = messageItem(this.id, this.#content, status);
    this.#output.done(this.index, item);
    return this.#output.events.event('response.output_item.done', { output_index: this.index, item });
  }
}
