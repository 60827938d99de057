import type { Provider } from '../../domain/provider.ts';
import { type ConversationEndpoint, NAME_RULES, PROVIDERS } from '../dialects.ts';
import type { StreamPart } from '../hub/reply.ts';
import { ToolNames } from '../hub/tool-names.ts';
import type { StreamReader } from '../hub/translator.ts';
import { ToldIds } from './told-ids.ts';

/** What is remembered of an answer so that another may go on with it, in characters. */
const MAX_TEXT = 1 << 20;

/** A reader of streams in the dialect of the client, whose own the names of tools are already. */
export function readerOf(endpoint: ConversationEndpoint, provider: Provider): StreamReader {
  return PROVIDERS[endpoint].createStreamReader({
    provider,
    names: new ToolNames({ tools: [] }, NAME_RULES[endpoint]),
  });
}

/** What a client was told so far. */
export class Story {
  readonly endpoint: ConversationEndpoint;
  readonly ids: ToldIds;
  readonly parts: StreamPart[] = [];
  /** The text block that is open; null: there is none. */
  openText: number | null = null;
  /** Index of the next block. */
  blocks = 0;
  text = '';
  isFinished = false;
  readonly #reader: StreamReader;
  /** Something came that no other target could go on from. */
  #isPlain = true;
  #openReasoning = 0;

  constructor(endpoint: ConversationEndpoint, provider: Provider) {
    this.endpoint = endpoint;
    this.ids = new ToldIds(endpoint);
    this.#reader = readerOf(endpoint, provider);
  }

  /** There is text, and nothing else is under way. */
  get canContinue(): boolean {
    const isText = this.text.trim() !== '' && this.text.length <= MAX_TEXT;
    return this.#isPlain && isText && this.#openReasoning === 0 && !this.isFinished;
  }

  /** One event as the client gets it. @returns false: it tells of a failure, and is not part of the story */
  event(name: string, data: string): boolean {
    const parts = this.#reader.event(name, data);
    if (parts.some(({ type }) => type === 'error')) return false;
    this.ids.event(data);
    for (const part of parts) this.note(part);
    return true;
  }

  /** The stream has ended: what its reader held back is known now. */
  end(): void {
    for (const part of this.#reader.end()) this.note(part);
  }

  /** Something passed that could not be read. */
  spoil(): void {
    this.#isPlain = false;
  }

  note(part: StreamPart): void {
    if (this.text.length <= MAX_TEXT) this.parts.push(part);
    switch (part.type) {
      case 'block_start':
        this.#begin(part);
        return;
      case 'text_delta':
        if (part.index === this.openText) this.text += part.text;
        return;
      case 'block_end':
        if (part.index === this.openText) this.openText = null;
        else this.#openReasoning--;
        return;
      case 'finish':
        this.isFinished = true;
    }
  }

  #begin({ index, block }: Extract<StreamPart, { type: 'block_start' }>): void {
    this.blocks = Math.max(this.blocks, index + 1);
    if (block.type === 'text') this.openText = index;
    else if (block.type === 'reasoning') this.#openReasoning++;
    else this.#isPlain = false;
  }
}
