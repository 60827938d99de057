/** What is wrong with a configuration, where, and what to do about it. Never holds a configured value. */
export interface Fault {
  /** A variable (`PORT`), a place in the file (`providers.groq.base_url`) or in its text (`gateway.yaml:3:5`). */
  readonly path: string;
  readonly message: string;
}

/** Collects while a configuration is read, so that all faults are told at once. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: string[];
}

export type Path = readonly PropertyKey[];

/** Enough to mend, without flooding a terminal or a log line. */
const SHOWN = 50;
const SEGMENT_LENGTH = 64;

/** One line for each fault, at most 50 of them, then the number of the others. */
export function formatFaults(faults: readonly Fault[]): string {
  const head =
    faults.length === 1 ? '1 fault in the configuration:' : `${faults.length} faults in the configuration:`;
  const lines = faults.slice(0, SHOWN).map(({ path, message }) => `  ${path}: ${message}`);
  const more = faults.length - SHOWN;
  return [head, ...lines, ...(more > 0 ? [`  ... and ${more} more`] : [])].join('\n');
}

/** `['keys', 0, 'rpm']` -> `keys[0].rpm`. Keys of the file are quoted unless plain, so they cannot break a log line. */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join('').replace(/^\./, '');
}

function formatSegment(segment: PropertyKey): string {
  if (typeof segment === 'number') return `[${segment}]`;
  const name = String(segment);
  if (/^[A-Za-z_][\w-]{0,63}$/.test(name)) return `.${name}`;
  return `[${JSON.stringify(name.length > SEGMENT_LENGTH ? `${name.slice(0, SEGMENT_LENGTH)}...` : name)}]`;
}
