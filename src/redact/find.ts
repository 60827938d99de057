import type { Detector, Finding } from './detector.ts';

/** All that any detector finds, in order and without overlaps: of two that overlap, what begins first, then the longer. */
export function findAll(text: string, detectors: readonly Detector[]): Finding[] {
  const all = detectors.flatMap((detect) => [...detect(text)]);
  if (all.length < 2) return all;
  all.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return all.filter((finding) => {
    if (finding.start < end) return false;
    end = finding.end;
    return true;
  });
}

/** The text with `by` in the place of each finding. */
export function replaceAll(
  text: string,
  findings: readonly Finding[],
  by: (kind: string, value: string) => string,
): string {
  let out = '';
  let at = 0;
  for (const { start, end, kind } of findings) {
    out += text.slice(at, start) + by(kind, text.slice(start, end));
    at = end;
  }
  return out + text.slice(at);
}

/** `[EMAIL]`, in the place of something that is never to be known again. */
export function mask(kind: string): string {
  return `[${kind.toUpperCase()}]`;
}
