import { NO_LIMITS } from '../domain/limits.ts';
import type { StaticKey } from './config.ts';
import { type Findings, formatPath } from './faults.ts';
import { toBudgets, toLimits } from './limit-section.ts';
import type { KeyEntry } from './structures.ts';
import { NAME, VISIBLE_ASCII } from './values.ts';

const SHORT = 16;
/** Longer credentials are refused when they come in a request. */
const LONGEST = 512;
const KEYS_VARIABLE = 'GATEWAY_API_KEYS';

interface Candidate {
  /** Where the key stands, for messages. */
  readonly at: string;
  readonly key: Omit<StaticKey, 'id' | 'hash' | 'plain'>;
  readonly secret: string;
}

/** Keys of the file and of `GATEWAY_API_KEYS`, both of which add. */
export function readKeys(entries: readonly KeyEntry[], list: string | null, findings: Findings): StaticKey[] {
  const taken = new Map<string, string>();
  return [...entries.map(fromFile), ...fromList(list, findings)].flatMap((candidate) => {
    const read = readSecret(candidate, findings);
    if (read === null || isTaken(candidate, read, taken, findings)) return [];
    return [{ ...candidate.key, ...read, id: `static-${candidate.key.name}` }];
  });
}

function fromFile(entry: KeyEntry, index: number): Candidate {
  const { name, tenant = name, models = null, tags = [], expires_at: expiresAt = null } = entry;
  const [limits, budgets] = [toLimits(entry), toBudgets(entry.budgets)];
  const cache = entry.cache_mode === undefined ? null : { mode: entry.cache_mode };
  return {
    at: formatPath(['keys', index]),
    key: { name, tenant, models, limits, budgets, tags, cache, expiresAt },
    secret: entry.key,
  };
}

function fromList(list: string | null, findings: Findings): Candidate[] {
  if (list === null) return [];
  const entries = list.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => entry === '')) {
    findings.faults.push({
      path: KEYS_VARIABLE,
      message: 'holds no key; set it to name:key, or leave it unset',
    });
  }
  return entries.flatMap((entry, index) => (entry === '' ? [] : fromListEntry(entry, index, findings)));
}

/** `key`, `name:key`, `sha256:HEX` or `name:sha256:HEX`. */
function fromListEntry(entry: string, index: number, { faults }: Findings): Candidate[] {
  const at = formatPath([KEYS_VARIABLE, index]);
  const colon = /^sha256:/i.test(entry) ? -1 : entry.indexOf(':');
  const rest = { models: null, limits: NO_LIMITS, budgets: [], tags: [], cache: null, expiresAt: null };
  if (colon === -1)
    return [{ at, key: { ...rest, name: `key-${index + 1}`, tenant: 'default' }, secret: entry }];
  const name = entry.slice(0, colon);
  if (NAME.test(name)) return [{ at, key: { ...rest, name, tenant: name }, secret: entry.slice(colon + 1) }];
  faults.push({
    path: at,
    message:
      'must start with a name of 1 to 64 letters, digits, dots, dashes or underscores before the first ":"',
  });
  return [];
}

function readSecret(
  { at, secret }: Candidate,
  { faults, warnings }: Findings,
): Pick<StaticKey, 'hash' | 'plain'> | null {
  if (/^sha256:/i.test(secret)) {
    const hash = secret.slice('sha256:'.length).toLowerCase();
    if (/^[0-9a-f]{64}$/.test(hash)) return { hash, plain: null };
    faults.push({
      path: at,
      message: 'must have 64 hex digits after "sha256:", as `printf %s KEY | sha256sum` prints them',
    });
    return null;
  }
  if (!VISIBLE_ASCII.test(secret) || secret.length > LONGEST) {
    faults.push({
      path: at,
      message: `must hold a key of 1 to ${LONGEST} visible ASCII characters without spaces`,
    });
    return null;
  }
  if (secret.length < SHORT) {
    warnings.push(
      `${at}: the key is shorter than ${SHORT} characters and can be guessed; make one with: openssl rand -hex 32`,
    );
  }
  return { hash: null, plain: secret };
}

function isTaken(
  { at, key }: Candidate,
  { hash, plain }: Pick<StaticKey, 'hash' | 'plain'>,
  taken: Map<string, string>,
  { faults }: Findings,
): boolean {
  const marks = [
    [`name ${key.name}`, 'name'],
    [`key ${hash ?? plain}`, 'key'],
  ] as const;
  const clash = marks.find(([mark]) => taken.has(mark));
  for (const [mark] of marks) if (!taken.has(mark)) taken.set(mark, at);
  if (clash === undefined) return false;
  faults.push({
    path: at,
    message: `has the same ${clash[1]} as ${taken.get(clash[0])}; each key needs its own`,
  });
  return true;
}
