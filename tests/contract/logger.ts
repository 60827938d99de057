import { expect } from 'vitest';
import type { LogFields, Logger } from '../../src/ports/logger.ts';
import { contract, type Gaps, type Made } from './contract.ts';

export interface ReadLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface MadeLogger extends Made {
  /** Takes every level. */
  readonly logger: Logger;
  /** What was written, read back, oldest first. */
  lines(): readonly ReadLine[];
}

/** Values that the types forbid and that arrive all the same. */
function oddFields(): LogFields {
  const fields: LogFields = { kept: 'yes' };
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const throws = { get: () => raise('getter'), enumerable: true };
  for (const [name, value] of Object.entries({ cycle, big: 10n, sign: Symbol('s'), call: () => 1 })) {
    Reflect.set(fields, name, value);
  }
  Reflect.set(fields, 'json', { toJSON: () => raise('toJSON') });
  Reflect.defineProperty(fields, 'getter', throws);
  return fields;
}

function raise(message: string): never {
  throw new Error(message);
}

/** Holds a driver to `src/ports/logger.ts`. */
export function loggerContract(name: string, make: () => Promise<MadeLogger>, gaps: Gaps = {}): void {
  contract(`Logger: ${name}`, make, gaps, ({ test }) => {
    test('writes level, message and fields of each line in order', async ({ logger, lines }) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) logger.log(level, `a ${level}`);
      logger.log('info', 'fields', { text: 'a', number: 1.5, yes: true, none: null });
      expect(lines().map(({ level }) => level)).toEqual(['debug', 'info', 'warn', 'error', 'info']);
      expect(lines()[1]).toMatchObject({ level: 'info', message: 'a info' });
      expect(lines()[4]?.fields).toMatchObject({ text: 'a', number: 1.5, yes: true, none: null });
    });

    test('keeps a line end inside a value from starting a line', async ({ logger, lines }) => {
      logger.log('info', 'one\n{"level":"error"}', { field: 'a\r\nb\u2028c' });
      expect(lines()).toHaveLength(1);
      expect(lines()[0]?.message).toBe('one\n{"level":"error"}');
      expect(lines()[0]?.fields.field).toBe('a\r\nb\u2028c');
    });

    test('lets no field pass for the level or the message', async ({ logger, lines }) => {
      logger.log('info', 'mine', { level: 'error', message: 'forged', other: 1 });
      expect(lines()[0]).toMatchObject({ level: 'info', message: 'mine' });
    });

    test('never throws on odd values, and keeps the others', async ({ logger, lines }) => {
      logger.log('warn', 'odd', oddFields());
      logger.log('info', 'numbers', { nan: Number.NaN, infinite: Number.POSITIVE_INFINITY, gone: undefined });
      logger.log('info', '\ud800 lone surrogate');
      expect(lines()).toHaveLength(3);
      expect(lines()[0]?.fields.kept).toBe('yes');
    });
  });
}
