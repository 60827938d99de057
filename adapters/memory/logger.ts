import type { LogFields, Logger, LogLevel } from '../../src/ports/logger.ts';

export interface MemoryLoggerOptions {
  /** Older lines are forgotten. */
  readonly maxLines?: number;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface MemoryLogger extends Logger {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
}

/** Keeps lines instead of writing them; unread, it is the silent logger. */
export function createMemoryLogger({ maxLines = 1_000 }: MemoryLoggerOptions = {}): MemoryLogger {
  const lines: LogLine[] = [];
  return {
    lines,
    log(level, message, fields = {}) {
      lines.push({ level, message, fields: typeof fields === 'function' ? fields() : fields });
      if (lines.length > maxLines) lines.shift();
    },
  };
}
