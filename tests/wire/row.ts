import type { Json } from '../support/corpus.ts';

/** One request of a client and what becomes of it. */
export interface Row {
  readonly name: string;
  /** The client's body but for its model. */
  readonly asks: Json;
  /** All of the provider's body but for its model; where the row is refused, what is sent once drops are allowed. */
  readonly sends: Json;
  /** The field that a 400 names unless drops are allowed. */
  readonly refuses?: string;
  /** What `x-llm-edge-dropped` names. Default: there is no such header. */
  readonly drops?: readonly string[];
  /** `anthropic-version`, where it is not the newest. */
  readonly version?: string;
}
