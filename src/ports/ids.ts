/** Unguessable, unique names for requests and attempts: `[A-Za-z0-9-]{1,64}`. */
export interface Ids {
  next(): string;
}
