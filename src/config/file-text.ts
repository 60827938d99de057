import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Fault } from './faults.ts';
import type { Tree } from './interpolate.ts';

export interface ConfigFile {
  readonly text: string;
  /** For messages: the name of the file, or of the variable that holds the text. */
  readonly name: string;
}

export type FileTree = { readonly tree: Tree } | { readonly faults: readonly Fault[] };

const MAX_LENGTH = 1024 ** 2;
/** Aliases may repeat a few settings; a thousand copies of a copy are an attack ("billion laughs"). */
const MAX_ALIASES = 50;

/**
 * YAML 1.2 core, of which JSON is a part: no tags but the core ones, no second document, no key twice.
 * The parser's own messages quote the file, secrets and all, so they are replaced.
 */
export function parseFileText({ text, name }: ConfigFile): FileTree {
  if (text.length > MAX_LENGTH) {
    return {
      faults: [{ path: name, message: 'is longer than 1 MiB: a configuration that large must be a mistake' }],
    };
  }
  try {
    return parse(text, name);
  } catch (error) {
    // Only two things throw: too many aliases (ReferenceError) and a stack overrun by deep nesting (RangeError).
    const what =
      error instanceof ReferenceError
        ? `has aliases (*name) that unfold to too much or to nothing`
        : 'is nested too deeply';
    return { faults: [{ path: name, message: `${what}: write the values out plainly` }] };
  }
}

function parse(text: string, name: string): FileTree {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    // 'silent' would pass over a second document.
    logLevel: 'error',
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length === 0) return mapping(document.toJS({ maxAliasCount: MAX_ALIASES }), name);
  return { faults: errors.slice(0, MAX_ERRORS).map((error) => toFault(error, name, lineCounter)) };
}

function mapping(tree: unknown, name: string): FileTree {
  if (tree === null || tree === undefined) return { tree: {} };
  if (typeof tree === 'object' && !Array.isArray(tree)) return { tree: { ...tree } };
  return {
    faults: [{ path: name, message: 'must be a mapping of sections, such as "server:" or "providers:"' }],
  };
}

/** One slip makes the parser stumble over all that follows. */
const MAX_ERRORS = 5;

function toFault(error: YAMLError, name: string, lines: LineCounter): Fault {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    path: `${name}:${line}:${col}`,
    message: MESSAGES[error.code] ?? SYNTAX,
  };
}

const SYNTAX =
  'is not valid YAML or JSON here; text with special characters, such as a variable inside { } or [ ], needs quotes';

const MESSAGES: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'refers to an anchor (&name) that does not exist; put text that starts with * in quotes',
  BAD_DQ_ESCAPE: 'has an escape that YAML does not know; use single quotes to take backslashes as they are',
  BAD_INDENT: 'is indented differently from the lines it belongs to',
  BAD_SCALAR_START: 'starts with a character that means something else in YAML; put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'has a second ": " in one line; put the value in quotes or on a line of its own',
  DUPLICATE_KEY: 'repeats a key of the same mapping; remove one of them',
  MISSING_CHAR: 'misses a closing quote, bracket, comma or colon',
  MULTILINE_IMPLICIT_KEY:
    'looks like a key that goes over several lines; is a ":" missing, or an indent wrong?',
  MULTIPLE_DOCS: 'starts a second document (---); a configuration is a single one',
  NON_STRING_KEY: 'uses something else than text as a key',
  TAB_AS_INDENT: 'is indented with a tab; YAML wants spaces',
  TAG_RESOLVE_FAILED: 'uses a tag (!name); tags are not allowed, put text that starts with ! in quotes',
};
