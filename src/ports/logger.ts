export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured lines. Callers hand over names and numbers, never headers, bodies or credentials. */
export interface Logger {
  /** @param fields or what makes them, which is called only for a line that is written */
  log(level: LogLevel, message: string, fields?: LogFields | (() => LogFields)): void;
}
