/**
 * What was taken out of one call, and by which placeholder it is known to the provider: `[EMAIL_1]`. The same value has the same
 * placeholder, so that the model can tell two people apart, and equal calls are equal still.
 */
export class Vault {
  readonly #byValue = new Map<string, string>();
  readonly #byPlaceholder = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #taken: string;
  #pattern: RegExp | null = null;

  /** @param text what the client sent: a placeholder that stands in it already is not used. */
  constructor(text: string) {
    this.#taken = text;
  }

  get isEmpty(): boolean {
    return this.#byValue.size === 0;
  }

  placeholder(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    const made = this.#next(kind.toUpperCase());
    this.#byValue.set(key, made);
    this.#byPlaceholder.set(made, value);
    this.#pattern = null;
    return made;
  }

  #next(name: string): string {
    for (;;) {
      const count = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, count);
      const placeholder = `[${name}_${count}]`;
      if (!this.#taken.includes(placeholder)) return placeholder;
    }
  }

  /** The text with the values in their places; null: there is no placeholder in it. `inJson`: it is itself JSON. */
  restore(text: string, inJson: boolean): string | null {
    if (!text.includes('[')) return null;
    this.#pattern ??= new RegExp([...this.#byPlaceholder.keys()].map(escaped).join('|'), 'g');
    const restored = text.replaceAll(this.#pattern, (placeholder) => {
      const value = this.#byPlaceholder.get(placeholder) ?? placeholder;
      return inJson ? JSON.stringify(value).slice(1, -1) : value;
    });
    return restored === text ? null : restored;
  }

  /** Characters at the end of the text that may be the beginning of a placeholder whose rest is still to come. */
  openEnd(text: string): number {
    const start = text.lastIndexOf('[');
    if (start === -1) return 0;
    const end = text.slice(start);
    const opens = [...this.#byPlaceholder.keys()].some(
      (placeholder) => placeholder.length > end.length && placeholder.startsWith(end),
    );
    return opens ? end.length : 0;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
