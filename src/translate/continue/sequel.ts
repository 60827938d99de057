import type { JsonObject } from '../../domain/call.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Usage } from '../../domain/usage.ts';
import { EventLines } from '../../streams/event-lines.ts';
import { sumOfUsage } from '../../usage/sum.ts';
import { CLIENTS } from '../dialects.ts';
import type { StreamPart } from '../hub/reply.ts';
import type { StreamReader, StreamWriter } from '../hub/translator.ts';
import { readerOf, type Story } from './story.ts';
import { ToldIds } from './told-ids.ts';

export interface SequelOptions {
  readonly story: Story;
  /** Who goes on. */
  readonly provider: Provider;
  /** The client's own body. */
  readonly request: JsonObject;
  readonly requestId: string;
  /** What was used before; null: nothing that is known of. */
  readonly used: Usage | null;
  /** The end of the text was taken off when it was handed over: spaces that the sequel may begin with are there already. */
  readonly skipsSpace: boolean;
}

/**
 * Goes on with a stream by what another one tells: as if it were the first that tells it. A writer that has written the story
 * once more, for nobody, knows where it stands; what it calls by names of its own is called as before.
 */
export class Sequel {
  readonly #options: SequelOptions;
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #renames: readonly (readonly [from: string, to: string])[];
  readonly #skipped: number;
  /** Blocks of the sequel by the place that they have in the story; null: they are left out. */
  readonly #places = new Map<number, number | null>();
  #skipsSpace: boolean;

  constructor(options: SequelOptions) {
    const { story, provider, request, requestId } = options;
    this.#options = options;
    this.#skipsSpace = options.skipsSpace;
    this.#reader = readerOf(story.endpoint, provider);
    this.#writer = CLIENTS[story.endpoint].createStreamWriter({
      request,
      requestId,
      created: story.ids.created ?? 0,
    });
    const own = new ToldIds(story.endpoint);
    const events = new EventLines((_, data) => own.event(data));
    const again = story.parts.map((part) => this.#writer.write(part)).join('');
    for (const line of again.split('\n')) events.line(line);
    this.#renames = renames(own, story.ids);
    this.#skipped = story.ids.next - own.next;
  }

  /** One event of the other stream. @returns what the client gets; null: it tells of a failure */
  event(name: string, data: string): string | null {
    const parts = this.#reader.event(name, data);
    return parts.some(({ type }) => type === 'error') ? null : this.#write(parts);
  }

  /** The other stream has ended. */
  end(): string {
    return this.#write(this.#reader.end());
  }

  #write(parts: readonly StreamPart[]): string {
    let out = '';
    for (const part of parts) {
      for (const told of this.#placed(part)) {
        this.#options.story.note(told);
        out += this.#writer.write(told);
      }
    }
    return this.#named(out);
  }

  #placed(part: StreamPart): StreamPart[] {
    switch (part.type) {
      case 'start':
        return [];
      case 'block_start':
        return this.#begin(part);
      case 'text_delta':
        return this.#moved({ ...part, text: this.#unspaced(part.text) });
      case 'arguments_delta':
      case 'citation':
      case 'seal':
      case 'block_end':
        return this.#moved(part);
      case 'finish':
        return [...this.#closeText(), { ...part, usage: this.#sum(part.usage) }];
      default:
        return [part];
    }
  }

  #begin(part: Extract<StreamPart, { type: 'block_start' }>): StreamPart[] {
    const { story } = this.#options;
    const { type } = part.block;
    if (type === 'text' && story.openText !== null) {
      this.#places.set(part.index, story.openText);
      return [];
    }
    // What it thought to find its way into another's answer is not part of that answer.
    if (type === 'reasoning') {
      this.#places.set(part.index, null);
      return [];
    }
    const closed = this.#closeText();
    const index = story.blocks;
    this.#places.set(part.index, index);
    return [...closed, { ...part, index }];
  }

  #closeText(): StreamPart[] {
    const { openText } = this.#options.story;
    return openText === null ? [] : [{ type: 'block_end', index: openText }];
  }

  #moved(part: Extract<StreamPart, { index: number }>): StreamPart[] {
    const index = this.#places.get(part.index) ?? null;
    return index === null ? [] : [{ ...part, index }];
  }

  #unspaced(text: string): string {
    const rest = this.#skipsSpace ? text.trimStart() : text;
    if (rest !== '') this.#skipsSpace = false;
    return rest;
  }

  #sum(usage: Usage | null): Usage | null {
    const { used } = this.#options;
    return usage === null || used === null ? usage : sumOfUsage(used, usage);
  }

  /** Within texts quotes are escaped, so nothing of the model's looks like a name or a number of these. */
  #named(text: string): string {
    if (text === '') return text;
    let out = text;
    for (const [from, to] of this.#renames) out = out.replaceAll(from, to);
    if (this.#skipped === 0) return out;
    return out.replaceAll(SEQUENCE, (_, number) => `"sequence_number":${Number(number) + this.#skipped}`);
  }
}

const SEQUENCE = /"sequence_number":(\d+)/g;

function renames(own: ToldIds, told: ToldIds): (readonly [string, string])[] {
  const pairs = [...told.items].map(([place, id]) => [own.items.get(place) ?? id, id] as const);
  return [[own.id, told.id] as const, ...pairs]
    .filter(([from, to]) => from !== '' && to !== '' && from !== to)
    .map(([from, to]) => [JSON.stringify(from), JSON.stringify(to)] as const);
}
