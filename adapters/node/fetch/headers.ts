import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamHeaders } from '../../../src/ports/fetch.ts';

/** They describe the bytes on the wire, which nobody behind the driver gets to see once they are decoded. */
const OF_THE_WIRE: ReadonlySet<string> = new Set(['content-encoding', 'content-length']);

/** undici's headers as they are: a `Headers` object would cost a quarter of a whole JSON call. */
export class ReplyHeaders implements UpstreamHeaders {
  readonly #values: IncomingHttpHeaders;
  readonly #decoded: boolean;

  constructor(values: IncomingHttpHeaders, decoded: boolean) {
    this.#values = values;
    this.#decoded = decoded;
  }

  get(name: string): string | null {
    const key = name.toLowerCase();
    if (this.#hides(key) || !Object.hasOwn(this.#values, key)) return null;
    return joined(this.#values[key]) ?? null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const name of Object.keys(this.#values)) {
      const value = joined(this.#values[name]);
      if (value !== undefined && !this.#hides(name)) visit(value, name);
    }
  }

  #hides(name: string): boolean {
    return this.#decoded && OF_THE_WIRE.has(name);
  }
}

export function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
