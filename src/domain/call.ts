import type { Dialect, Endpoint, ErrorDialect } from './dialect.ts';

/** One request as the HTTP rim hands it to the gateway, its body not yet read. */
export interface Incoming {
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly errorDialect: ErrorDialect;
  readonly method: string;
  /** Path and query as the client sent them, for endpoints that forward them. */
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderReader;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** The raw body; rejects with `body_too_large` as soon as the limit is passed. */
  readBody(): Promise<Uint8Array>;
  /** Milliseconds of the monotonic clock at which the request arrived. */
  readonly startedAt: number;
}

/** The part of `Headers` that is read here. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** A parsed call of a dialect. */
export interface Call {
  readonly endpoint: Endpoint;
  readonly dialect: Dialect;
  /** The model as the client wrote it. */
  readonly model: string;
  readonly stream: boolean;
  readonly body: CallBody;
}

/** The body as bytes, as text and as a value: one parse, shared by all stages. */
export interface CallBody {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly json: JsonObject;
}

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}
