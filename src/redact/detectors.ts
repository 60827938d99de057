import type { RedactionKind } from '../domain/redaction.ts';
import { ibanLength, isIban, isIpv6, isLuhn } from './checks.ts';
import type { Detector, Finding } from './detector.ts';

/** How much of a match really is one, in characters; 0: it is none. */
type Accept = (match: string) => number;

const whole: Accept = (match) => match.length;

/**
 * A detector by pattern. Every pattern here is linear: it begins at a border, repeats nothing without a bound but single
 * classes of characters, and no two parts of it can share a run of characters in more than one way.
 */
function detector(kind: RedactionKind, pattern: RegExp, accept: Accept = whole): Detector {
  // Most texts hold nothing, and `matchAll` makes a pattern of its own for each.
  const probe = new RegExp(pattern.source, pattern.flags.replace('g', ''));
  return (text) => (probe.test(text) ? find(text) : NOTHING);

  function* find(text: string): Generator<Finding> {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      const length = accept(match);
      if (length > 0) yield { start: index, end: index + length, kind };
    }
  }
}

const NOTHING: readonly Finding[] = [];

function acceptIf(is: (match: string) => boolean): Accept {
  return (match) => (is(match) ? match.length : 0);
}

function isCard(match: string): boolean {
  const digits = match.replaceAll(/\D/g, '');
  // One digit over and over is a ruler, not a card.
  return digits.length >= 13 && digits.length <= 19 && !/^(\d)\1*$/.test(digits) && isLuhn(digits);
}

/** What follows an IBAN in capitals looks like more of it, so its country says where it ends. */
function acceptIban(match: string): number {
  const wanted = ibanLength(match.slice(0, 2));
  if (wanted === null) return 0;
  let seen = 0;
  for (let i = 0; i < match.length; i++) {
    if (match[i] !== ' ') seen += 1;
    if (seen === wanted) return isIban(match.slice(0, i + 1).replaceAll(' ', '')) ? i + 1 : 0;
  }
  return 0;
}

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;

/** How keys of well-known services begin. */
const API_KEYS = [
  String.raw`sk-[\w-]{20,200}`,
  'lek_[A-Za-z0-9]{32,100}',
  '(?:gsk|xai|pplx|r8|hf|npm|csk|fw|tgp_v1)[_-][A-Za-z0-9_-]{28,100}',
  'gh[pousr]_[A-Za-z0-9]{36,100}',
  String.raw`github_pat_\w{22,100}`,
  String.raw`glpat-[\w-]{20,64}`,
  '(?:AKIA|ASIA)[0-9A-Z]{16}',
  String.raw`AIza[\w-]{35}`,
  'xox[abeoprs]-[A-Za-z0-9-]{10,200}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{16,100}',
  String.raw`eyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{10,1000}`,
].join('|');

export const DETECTORS: Readonly<Record<RedactionKind, Detector>> = {
  email: detector(
    'email',
    /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/g,
  ),
  phone: detector(
    'phone',
    /(?<![\w+.-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?(?:\d[ .-]?){6,12}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[ .-]\d{3}[ .-]\d{4})(?![\w-]|\.\d)/g,
  ),
  card: detector('card', /(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])/g, acceptIf(isCard)),
  iban: detector('iban', /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g, acceptIban),
  ssn: detector('ssn', /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g),
  ip: ipDetector(),
  api_key: detector('api_key', new RegExp(String.raw`(?<![\w-])(?:${API_KEYS})(?![\w-])`, 'g')),
  bearer: detector('bearer', /(?<=\bbearer {1,4})[\w.~+/-]{16,4000}={0,2}/gi),
};

function ipDetector(): Detector {
  const v4 = detector('ip', new RegExp(String.raw`(?<![\w.])(?:${OCTET}\.){3}${OCTET}(?![\w]|\.\d)`, 'g'));
  const v6 = detector('ip', /(?<![\w:.])[0-9A-Fa-f:]{3,39}(?![\w:])/g, acceptIf(isIpv6));
  return function* find(text) {
    yield* v4(text);
    // Every IPv6 address has two colons.
    if (text.includes(':')) yield* v6(text);
  };
}
