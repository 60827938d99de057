import { RE2JS } from 're2js';
import type { Detector } from './detector.ts';

/**
 * A pattern of the operator's, in RE2's syntax, which takes time in proportion to the text whatever the pattern is
 * (https://github.com/google/re2/wiki/Syntax; a `RegExp` of JavaScript may take for ever).
 * @throws Error with what is wrong with the pattern.
 */
export function ownDetector(kind: string, pattern: string): Detector {
  const compiled = RE2JS.compile(pattern);
  return function* find(text) {
    const matcher = compiled.matcher(text);
    while (matcher.find()) {
      const [start, end] = [matcher.start(), matcher.end()];
      // A pattern that matches nothing at all matches everywhere.
      if (end > start) yield { start, end, kind };
    }
  };
}
