import { type Fault, type Findings, formatPath, type Path } from './faults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Tree = Readonly<Record<string, unknown>>;

/** The value without surrounding space (secrets from files often end in a newline); null when empty or not text. */
export function variable(env: Environment, name: string): string | null {
  const value: unknown = Object.hasOwn(env, name) ? env[name] : undefined;
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' ? null : trimmed;
}

const MAX_DEPTH = 32;
const MAX_NODES = 100_000;

/**
 * A copy of the file's values with `${NAME}` and `${NAME:-default}` replaced inside strings (`$${` is a literal `${`).
 * Entries without a value are left out, so `port:` and `port: ""` mean the same as no line at all; an element of
 * `providers` without a value is an entry with nothing but defaults.
 */
export function interpolate(tree: Tree, env: Environment, fileName: string, { faults }: Findings): unknown {
  let nodes = 0;

  function visit(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return fill(value, env, (message) => faults.push(fault(path, message)));
    if (typeof value !== 'object' || value === null) return value;
    if (++nodes > MAX_NODES || path.length > MAX_DEPTH) return undefined;
    if (Array.isArray(value)) return value.map((item: unknown, index) => visit(item, [...path, index]));
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => entry(key, item, [...path, key])),
    );
  }

  function entry(key: string, item: unknown, path: Path): [string, unknown][] {
    if (key === '__proto__') {
      faults.push(fault(path, 'is not a name that can be used'));
      return [];
    }
    const value = item === null && path.length === 2 && path[0] === 'providers' ? {} : visit(item, path);
    return value === null || value === undefined || value === '' ? [] : [[key, value]];
  }

  const filled = visit(tree, []);
  if (nodes > MAX_NODES)
    faults.push({ path: fileName, message: `holds more than ${MAX_NODES} values: it must be a mistake` });
  return filled;
}

function fault(path: Path, message: string): Fault {
  return { path: formatPath(path), message };
}

/** No kind of value accepts it, so what could not be filled in is refused in its place and not taken as absent. */
const UNFILLED = Number.NaN;

function fill(text: string, env: Environment, complain: (message: string) => void): string | number {
  let failed = false;
  const fail = (message: string): string => {
    failed = true;
    complain(message);
    return '';
  };
  const filled = text.replace(PLACEHOLDER, (whole: string, escaped: string, inside: string, end: string) => {
    if (escaped !== '') return whole.slice(1);
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside);
    if (match?.[1] === undefined || end === '') return fail(MALFORMED);
    const hint = `needs the environment variable ${match[1]}, which is not set; set it or write \${${match[1]}:-default}`;
    return variable(env, match[1]) ?? match[2] ?? fail(hint);
  });
  return failed ? UNFILLED : filled;
}

const PLACEHOLDER = /\$(\$?)\{([^}]*)(\}?)/g;
const MALFORMED = `has a "\${" that is not \${NAME} or \${NAME:-default}; write $\${ for the characters themselves`;
