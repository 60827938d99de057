import type { JsonObject } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { parseObject } from '../json.ts';
import type { StreamTap } from '../ports/fetch.ts';
import { EventFramer } from '../streams/events.ts';
import { type Delta, deltaOf } from './deltas.ts';
import { mapStrings } from './json-strings.ts';
import { restoreJson } from './restore-json.ts';
import type { Vault } from './vault.ts';

/** An event that waits until it is known whether its text ends in a placeholder. */
interface Waiting {
  readonly text: string;
  /** Of the slot that waits: what is left of the event's own text once the placeholder is whole. */
  readonly delta: { readonly kept: string } | null;
}

/** A model writes a placeholder within a few tokens; whatever waits for more is let go. */
const MAX_WAITING = 64;
/** Longest event that is looked into, in bytes. A longer one passes as it is. */
const MAX_EVENT = 32 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Puts values back into a stream in any chat dialect. Placeholders that a model wrote across several deltas are found: the
 * events between wait, and none is added or left out, so that numbers in them stay right.
 */
export class RestoringTap implements StreamTap {
  readonly #vault: Vault;
  readonly #dialect: Dialect;
  readonly #framer = new EventFramer(MAX_EVENT);
  #waiting: Waiting[] = [];
  #slot = '';
  /** The beginning of a placeholder, over all that wait. */
  #open = '';

  constructor(vault: Vault, dialect: Dialect) {
    this.#vault = vault;
    this.#dialect = dialect;
  }

  chunk(bytes: Uint8Array): Uint8Array | null {
    let out = '';
    for (const event of this.#framer.push(bytes)) {
      out += event.whole
        ? this.#event(decoder.decode(event.bytes))
        : this.#letGo() + decoder.decode(event.bytes);
    }
    return out === '' ? null : encoder.encode(out);
  }

  end(): Uint8Array {
    return encoder.encode(this.#letGo() + this.#event(decoder.decode(this.#framer.rest())));
  }

  /** What was sent is not whole: it errors as it did. */
  fail(): null {
    return null;
  }

  cancel(): void {}

  waiting(): void {}

  #event(text: string): string {
    const data = this.#mayMatter(text) ? dataOf(text) : null;
    if (data === null) return this.#pass(text);
    const delta = deltaOf(this.#dialect, data.json);
    if (delta === null) return this.#letGo() + this.#restoredWhole(text, data.source);
    if (this.#waiting.length === 0) return this.#begin(text, data.source, delta);
    if (delta.slot !== this.#slot) return this.#queue({ text, delta: null });
    return this.#goOn(text, data.source, delta);
  }

  /** Most events have no bracket in them and follow none that waits: they are not even parsed. */
  #mayMatter(text: string): boolean {
    return this.#waiting.length > 0 || text.includes('[');
  }

  #pass(text: string): string {
    return this.#waiting.length === 0 ? text : this.#queue({ text, delta: null });
  }

  #queue(event: Waiting): string {
    this.#waiting.push(event);
    return this.#waiting.length > MAX_WAITING ? this.#letGo() : '';
  }

  /** A piece that nothing before it waits for. */
  #begin(text: string, source: string, delta: Delta): string {
    const said = delta.text;
    const restored = this.#vault.restore(said, delta.inJson);
    const shown = restored === null ? text : withDelta(text, source, delta.path, restored);
    const open = this.#vault.openEnd(said);
    if (open === 0) return shown;
    this.#slot = delta.slot;
    this.#open = said.slice(said.length - open);
    this.#waiting = [{ text: shown, delta: { kept: (restored ?? said).slice(0, -open) } }];
    return '';
  }

  /** More text for what waits: it becomes a placeholder, may become one still, or was none. */
  #goOn(text: string, source: string, delta: Delta): string {
    const said = this.#open + delta.text;
    const close = said.indexOf(']') + 1;
    const value = close === 0 ? null : this.#vault.restore(said.slice(0, close), delta.inJson);
    if (value !== null) {
      const rest = { ...delta, text: said.slice(close) };
      const shortened = withDelta(text, source, delta.path, rest.text);
      return this.#close(delta.path, value) + this.#begin(shortened, sourceOf(shortened) ?? '', rest);
    }
    if (close === 0 && this.#vault.openEnd(said) === said.length) {
      this.#open = said;
      return this.#queue({ text, delta: { kept: '' } });
    }
    return this.#letGo() + this.#begin(text, source, delta);
  }

  /** All that waits, with the value in the first of the events that spelt its placeholder. */
  #close(path: string, value: string): string {
    const events = this.#waiting;
    this.#waiting = [];
    this.#open = '';
    return events
      .map(({ text, delta }, index) => {
        const source = delta === null ? null : sourceOf(text);
        if (delta === null || source === null) return text;
        return withDelta(text, source, path, index === 0 ? delta.kept + value : delta.kept);
      })
      .join('');
  }

  /** All that waits as it came: it was no placeholder. */
  #letGo(): string {
    const events = this.#waiting;
    this.#waiting = [];
    this.#open = '';
    return events.map(({ text }) => text).join('');
  }

  /** Events that tell a text once more, and whole. */
  #restoredWhole(text: string, source: string): string {
    const restored = restoreJson(source, this.#vault);
    return restored === source ? text : text.replace(source, () => restored);
  }
}

/** The JSON of an event of one line of data, which is how all providers write them; null: something else. */
function dataOf(event: string): { readonly source: string; readonly json: JsonObject } | null {
  const source = sourceOf(event);
  const json = source === null ? null : parseObject(source);
  return source === null || json === null ? null : { source, json };
}

function sourceOf(event: string): string | null {
  return /^data: ?(\{.*\})[ \t]*$/m.exec(event)?.[1] ?? null;
}

function withDelta(event: string, source: string, path: string, value: string): string {
  const edited = mapStrings(source, (_, at) => (at.path === path ? value : null));
  return event.replace(source, () => edited);
}
