/**
 * Closed set. `timeout`: no answer within the deadline. `unavailable`: there is no connection, or the last calls failed and
 * none is tried for now. `refused`: the store answered, with an error.
 */
export type StoreFaultKind = 'timeout' | 'unavailable' | 'refused';

/** A remote store did not do what it was asked. `message` is for logs: it names codes, never keys, values or credentials. */
export class StoreFault extends Error {
  readonly kind: StoreFaultKind;
  constructor(kind: StoreFaultKind, message: string) {
    super(message);
    this.name = 'StoreFault';
    this.kind = kind;
  }
}
