import * as z from 'zod';
import { checkBaseUrl } from './base-url.ts';

/**
 * The kinds of values. Each takes the type that YAML gives and the text that an environment variable or `${ENV}` gives.
 * Messages say what a value must be and never repeat it: it may be a secret that was put in the wrong place.
 */

/** More of anything is a mistake. */
export const MAX_COUNT = 1_000_000_000;

type Scalar = string | number | boolean;

/** The message for a value that is absent differs from the one for a value that is wrong. */
function complain(must: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? `is missing; it ${must}` : must);
}

/** A schema that turns its input, as text, into a value; `null` from `parse` means that it cannot be one. */
function parsed<I extends z.ZodType<Scalar>, O>(input: I, must: string, parse: (text: string) => O | null) {
  return input.transform((value, context): O => {
    const result = parse(String(value).trim());
    if (result !== null) return result;
    context.issues.push({ code: 'custom', message: must, input: value });
    return z.NEVER;
  });
}

function text(must: string): z.ZodString {
  return z.string({ error: complain(must) });
}

function numberOrText(must: string) {
  return z.union([z.number(), z.string()], { error: complain(must) });
}

const ON = new Set(['true', '1', 'yes', 'on']);
const OFF = new Set(['false', '0', 'no', 'off']);

export function flag() {
  const must = 'must be true or false (also 1 or 0, yes or no, on or off)';
  const input = z.union([z.boolean(), z.number(), z.string()], { error: complain(must) });
  return parsed(input, must, (value) => {
    const word = value.toLowerCase();
    return ON.has(word) ? true : OFF.has(word) ? false : null;
  });
}

export function integer(min: number, max: number) {
  const must = `must be a whole number from ${min} to ${max}`;
  return parsed(numberOrText(must), must, (value) => {
    const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : null;
  });
}

/** A number that need not be whole, such as 0.95. */
export function decimal(min: number, max: number) {
  const must = `must be a number from ${min} to ${max}`;
  return parsed(numberOrText(must), must, (value) => {
    const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : null;
  });
}

/** Timers of JavaScript hold 31 bits; beyond, they fire at once. */
export function millis() {
  return integer(1, 2_147_483_647);
}

export function workers() {
  const must = 'must be auto or a whole number from 1 to 256';
  return parsed(numberOrText(must), must, (value): { count: number | null } | null => {
    if (value.toLowerCase() === 'auto') return { count: null };
    const count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
    return count >= 1 && count <= 256 ? { count } : null;
  }).transform(({ count }) => count);
}

/** Plain letters as nginx has them (k = 1024); with a B they are what they say (kB = 1000, KiB = 1024). */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
};
const MAX_SIZE = 1024 ** 4;

/** Bytes. */
export function size() {
  const must = 'must be a size from 1 byte to 1024 GiB, such as 10485760, 10MiB, 10MB or 512k';
  return parsed(numberOrText(must), must, (value) => {
    const match = /^(\d{1,13}(?:\.\d{1,3})?)\s*([a-z]{0,3})$/i.exec(value);
    const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
    if (match === null || unit === undefined) return null;
    const bytes = Math.round(Number(match[1]) * unit);
    return bytes >= 1 && bytes <= MAX_SIZE ? bytes : null;
  });
}

/** US dollars per million tokens. */
export function dollars() {
  const must = 'must be US dollars per million tokens, such as 2.5';
  return parsed(numberOrText(must), must, (value) => {
    const number = /^\d{1,7}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
    return Number.isNaN(number) ? null : number;
  });
}

/** Nano-dollars. */
export function usd() {
  const must = 'must be US dollars above 0 and up to 9000000, such as 25 or 0.5';
  return parsed(numberOrText(must), must, (value) => {
    const match = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(value);
    const nano = match === null ? 0 : Number(match[1]) * 1e9 + Number((match[2] ?? '').padEnd(9, '0'));
    return nano > 0 && nano <= 9e15 ? nano : null;
  });
}

export function choice<const T extends readonly string[]>(options: T) {
  const must = `must be one of ${options.join(', ')}`;
  const schema = parsed<z.ZodString, T[number]>(text(must), must, (value) => {
    return options.find((option) => option === value.toLowerCase()) ?? null;
  });
  // Editors offer the options, and still take a variable.
  z.globalRegistry.add(schema, { anyOf: [{ enum: [...options] }, { pattern: String.raw`\$\{` }] });
  return schema;
}

/** `a, b` or a YAML list. `check` says whether one item will do, and may rewrite it. */
export function list(must: string, check: (item: string) => string | null = (item) => item) {
  const input = z.union([z.string(), z.array(z.string()).max(1000)], { error: complain(must) });
  return input.transform((value, context): string[] => {
    const items = (typeof value === 'string' ? value.split(',') : value).map((item) => item.trim());
    const checked = items.filter((item) => item !== '').map(check);
    const good = checked.filter((item) => item !== null);
    if (good.length < checked.length) context.issues.push({ code: 'custom', message: must, input: value });
    return good;
  });
}

export function matching(pattern: RegExp, must: string) {
  return parsed(text(must), must, (value) => (pattern.test(value) ? value : null));
}

/** What fits into a header: visible ASCII, no spaces (RFC 9110 section 5.5 allows more, no provider uses it). */
export const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** YAML would read a secret of digits as a number and lose some of them, so only text will do. */
export function secret() {
  return matching(
    VISIBLE_ASCII,
    'must be text (in quotes, if it is a number) of visible ASCII characters without spaces',
  );
}

/** Part of keys in stores, of logs and of metrics. */
export const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

export function name() {
  return matching(NAME, 'must be 1 to 64 letters, digits, dots, dashes or underscores');
}

/** A base URL, its final slash removed. */
export function httpUrl() {
  return text('must be a URL such as https://api.example.com/v1').transform((value, context): string => {
    const checked = checkBaseUrl(value.trim());
    if ('url' in checked) return checked.url;
    context.issues.push({ code: 'custom', message: checked.fault, input: value });
    return z.NEVER;
  });
}

/** ISO 8601 with a zone, or a date alone (midnight UTC), as milliseconds since the epoch. */
export function instant() {
  const must = 'must be a date or a time with its zone, such as 2027-01-31 or 2027-01-31T12:00:00Z';
  return parsed(text(must), must, (value) => {
    const shaped = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(
      value,
    );
    const time = shaped ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? null : time;
  });
}

/** `https://app.example.com` or `*`, as a browser sends it in `Origin`. */
export function origins() {
  const must = 'must be * or origins such as https://app.example.com (scheme and host, no path)';
  return list(must, (item) => {
    if (item === '*') return item;
    const checked = checkBaseUrl(item);
    return 'url' in checked && new URL(checked.url).origin === checked.url ? checked.url : null;
  });
}

/** `redis-1:6379` or `[::1]:6379`. */
export function hostPorts() {
  const must = 'must be a list of host:port, such as redis-1:6379,redis-2:6379';
  return list(must, (item) => {
    const match = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i.exec(item);
    const port = Number(match?.[1] ?? 0);
    return port >= 1 && port <= 65535 ? item : null;
  });
}
