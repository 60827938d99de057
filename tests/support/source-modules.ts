import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { parseAst } from 'vitest/node';

/** One source file as the architecture rules see it. */
export interface SourceModule {
  /** Path from the repository root, with slashes. */
  readonly path: string;
  readonly lines: number;
  /** Repository paths of the files it imports: values and types, static, dynamic and `import('…')` types. */
  readonly files: readonly string[];
  /** Packages and Node's own modules that it imports, as written (`node:` added where it was left out). */
  readonly packages: readonly string[];
  /** Everything else worth a rule, each as `line: what`. */
  readonly globals: readonly string[];
  readonly looseTypes: readonly string[];
  readonly unreadableImports: readonly string[];
}

const runtimeGlobals = new Set(['process', 'Buffer', 'console']);

/** Parses every module below the folders; test files are left out, for they may import what they like. */
export function readModules(root: string, folders: readonly string[]): SourceModule[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => parseModule(path, readFileSync(join(root, path), 'utf8')));
}

/** The imports in `files` that name no file: a typo that only a type import would otherwise hide. */
export function missingFiles(root: string, modules: readonly SourceModule[]): string[] {
  return modules.flatMap(({ path, files }) =>
    files.filter((file) => !existsSync(join(root, file))).map((file) => `${path} -> ${file}`),
  );
}

export function parseModule(path: string, text: string): SourceModule {
  const found = new Findings(path, text);
  visit(parseAst(text, { lang: 'ts' }, path), undefined, found);
  const { files, packages, globals, looseTypes, unreadableImports } = found;
  const lines = text.trimEnd().split('\n').length;
  return { path, lines, files, packages, globals, looseTypes, unreadableImports };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

class Findings {
  readonly files: string[] = [];
  readonly packages: string[] = [];
  readonly globals: string[] = [];
  readonly looseTypes: string[] = [];
  readonly unreadableImports: string[] = [];
  readonly path: string;
  readonly text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  addImport(node: Node): void {
    const source = isNode(node.source) ? node.source.value : undefined;
    if (typeof source !== 'string')
      this.unreadableImports.push(this.at(node, 'an import that is no plain string'));
    else if (source.startsWith('.')) this.files.push(posix.join(posix.dirname(this.path), source));
    else this.packages.push(isBuiltin(source) && !source.startsWith('node:') ? `node:${source}` : source);
  }

  at(node: Node, what: string): string {
    return `${this.path}:${this.text.slice(0, node.start).split('\n').length}: ${what}`;
  }
}

function visit(value: unknown, parent: Node | undefined, found: Findings): void {
  if (Array.isArray(value)) for (const item of value) visit(item, parent, found);
  if (!isNode(value)) return;
  inspect(value, parent, found);
  for (const child of Object.values(value)) visit(child, value, found);
}

function inspect(node: Node, parent: Node | undefined, found: Findings): void {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      found.addImport(node);
      return;
    case 'ExportNamedDeclaration':
      if (node.source) found.addImport(node);
      return;
    case 'Identifier':
      if (isRuntimeGlobal(node, parent)) found.globals.push(found.at(node, String(node.name)));
      return;
    case 'TSAnyKeyword':
      found.looseTypes.push(found.at(node, 'any'));
      return;
    case 'TSAsExpression':
      if (isThroughUnknown(node)) found.looseTypes.push(found.at(node, 'as unknown as'));
  }
}

/** True where the name is read, not where it is only a member (`x.process`) or a key (`{ process: 1 }`). */
function isRuntimeGlobal(node: Node, parent: Node | undefined): boolean {
  if (!runtimeGlobals.has(String(node.name))) return false;
  if (parent === undefined || parent.computed) return true;
  if (parent.key === node) return false;
  return parent.property !== node || (isNode(parent.object) && parent.object.name === 'globalThis');
}

function isThroughUnknown({ expression }: Node): boolean {
  return (
    isNode(expression) &&
    isNode(expression.typeAnnotation) &&
    expression.typeAnnotation.type === 'TSUnknownKeyword'
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
