import type { JsonObject } from '../../domain/call.ts';
import { asObject, numberOf, objectAt, parseObject, textOf } from '../../json.ts';
import type { ConversationEndpoint } from '../dialects.ts';

/** The names by which a stream calls itself and its parts, as its client heard them. */
export class ToldIds {
  /** Of the answer. */
  id = '';
  /** Seconds since 1970; null: it was not said. */
  created: number | null = null;
  /** Of the items of Responses, by their place. */
  readonly items = new Map<number, string>();
  readonly #endpoint: ConversationEndpoint;
  #last = '';

  constructor(endpoint: ConversationEndpoint) {
    this.#endpoint = endpoint;
  }

  /** The number of the next event; Responses count them. */
  get next(): number {
    return Number(SEQUENCE.exec(this.#last)?.[1] ?? -1) + 1;
  }

  event(data: string): void {
    if (this.#endpoint === 'messages') return;
    this.#last = data;
    if (this.#endpoint === 'chat' ? this.id === '' : NAMING.test(data)) this.#read(parseObject(data) ?? {});
  }

  #read(event: JsonObject): void {
    const head = this.#endpoint === 'chat' ? event : objectAt(event, 'response');
    this.id ||= textOf(head.id);
    this.created ??= numberOf(head.created ?? head.created_at);
    const item = asObject(event.item);
    const place = numberOf(event.output_index);
    if (item !== null && place !== null && typeof item.id === 'string') this.items.set(place, item.id);
  }
}

const SEQUENCE = /"sequence_number"\s*:\s*(\d+)/;
const NAMING = /"type"\s*:\s*"response\.(?:created|output_item\.added)"/;
