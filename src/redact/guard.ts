import type { RedactionConfig } from '../config/config.ts';
import type { LogFields, Logger } from '../ports/logger.ts';
import type { Detector } from './detector.ts';
import { DETECTORS } from './detectors.ts';
import { findAll, mask, replaceAll } from './find.ts';
import { ownDetector } from './own-patterns.ts';

/** Whatever else is configured, a key in a log or a trace is a leak. */
const ALWAYS = [DETECTORS.api_key, DETECTORS.bearer];
/** No key is shorter, so most of what is logged is not looked at. */
const SHORTEST_KEY = 16;

/** Takes out of a text what is to stay inside: keys always, what `redaction` looks for where that is on. */
export type Guard = (text: string) => string;

export function createGuard(config: RedactionConfig | null): Guard {
  const detectors = config === null ? ALWAYS : [...new Set([...ALWAYS, ...detectorsOf(config)])];
  const shortest = config === null ? SHORTEST_KEY : 1;
  return function guard(text) {
    if (text.length < shortest) return text;
    const findings = findAll(text, detectors);
    return findings.length === 0 ? text : replaceAll(text, findings, mask);
  };
}

/** Takes out all that any detector finds, whatever is configured. */
export function createStrictGuard(config: RedactionConfig | null): Guard {
  const own = config === null ? [] : detectorsOf(config);
  const detectors = [...new Set([...own, ...Object.values(DETECTORS)])];
  return (text) => replaceAll(text, findAll(text, detectors), mask);
}

export function detectorsOf({ kinds, patterns }: RedactionConfig): Detector[] {
  const own = Object.entries(patterns).map(([name, pattern]) => ownDetector(name, pattern));
  return [...own, ...kinds.map((kind) => DETECTORS[kind])];
}

/** A logger whose lines pass the guard: models are named by clients, and causes by whatever failed. */
export function guardedLogger(logger: Logger, guard: Guard): Logger {
  return {
    log: (level, message, fields) =>
      logger.log(
        level,
        message,
        fields && (() => guarded(typeof fields === 'function' ? fields() : fields, guard)),
      ),
  };
}

function guarded(fields: LogFields, guard: Guard): LogFields {
  const out: Record<string, LogFields[string]> = {};
  for (const [name, value] of Object.entries(fields)) {
    out[name] = typeof value === 'string' ? guard(value) : value;
  }
  return out;
}
