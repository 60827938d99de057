import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { buildOptions, describeSize, edgeBundle, sizeOf } from '../scripts/bundles.ts';
import { missingFiles, parseModule, readModules, type SourceModule } from './support/source-modules.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const modules = readModules(root, ['src', 'adapters']);
const source = modules.filter(({ path }) => path.startsWith('src/'));

/**
 * The arrows. A unit is a folder of src, or a file that lies directly in it. It may import itself and every unit of an
 * earlier row; units of one row never import each other. A unit that is not here may import nothing: add it on purpose.
 */
const rows: readonly (readonly string[])[] = [
  ['errors'],
  ['domain'],
  ['bytes.ts', 'json.ts', 'recent-map.ts', 'timed.ts'],
  ['ports'],
  ['protocols', 'streams', 'resilience', 'config', 'usage'],
  [
    'edge',
    'auth',
    'limits',
    'cache',
    'route',
    'provider',
    'translate',
    'account',
    'semantic',
    'redact',
    'trace',
    'credentials',
  ],
  ['call-life.ts', 'refusals.ts', 'admin'],
  ['routing.ts'],
  ['exchange', 'admission.ts'],
  ['dispatch.ts'],
  ['attempts'],
  ['continued'],
  ['state.ts'],
  ['answer-call.ts'],
  ['cached', 'idempotency'],
  ['explain.ts'],
  ['stages.ts'],
  ['ways'],
  ['gateway.ts'],
  ['app.ts'],
  ['reloadable.ts'],
  ['index.ts'],
];

/** Arrows within one row that are wanted, each with its reason. */
const exceptions: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [];

/** What each adapter folder may import beside itself, `adapters/*.ts` and all of src. `packages`: npm and node:. */
const adapterRules: Record<string, { readonly siblings: readonly string[]; readonly packages: boolean }> = {
  memory: { siblings: [], packages: false },
  node: { siblings: ['memory'], packages: true },
  edge: { siblings: ['memory'], packages: true },
};

const maxLines = 300;
const maxWorkerGzip = 1_000_000;
const rootDocuments = /^(README|CONTRIBUTING|CHANGELOG|SECURITY|LICENSE|CODE_OF_CONDUCT)\.md$/;

describe('the arrows between the folders of src', () => {
  it('reads source at all', () => {
    expect(source.length).toBeGreaterThan(20);
    expect(modules.flatMap((module) => module.unreadableImports)).toEqual([]);
    expect(missingFiles(root, modules)).toEqual([]);
  });

  it('run one way', () => expect(wrongArrows(modules)).toEqual([]));

  it('never leave src', () => expect(strayImports(modules)).toEqual([]));

  it('refuse a stage that imports a stage, a row to the right, and a unit nobody listed', () => {
    expect(wrongArrows([module('src/auth/a.ts', "import type { X } from '../limits/b.ts'")])).toHaveLength(1);
    expect(wrongArrows([module('src/edge/routes/a.ts', "export * from '../../gateway.ts'")])).toHaveLength(1);
    expect(wrongArrows([module('src/config/a.ts', "import '../streams/b.ts'")])).toHaveLength(1);
    expect(wrongArrows([module('src/utils/a.ts', "import '../domain/b.ts'")])).toHaveLength(1);
    expect(wrongArrows([module('src/auth/a.ts', "import '../ports/b.ts'; import './c.ts'")])).toEqual([]);
  });

  it('refuse node and adapters in src, however they are imported', () => {
    expect(strayImports([module('src/auth/a.ts', "const fs = await import('fs')")])).toHaveLength(1);
    expect(strayImports([module('src/auth/a.ts', "type H = import('node:http').Server")])).toHaveLength(1);
    expect(
      strayImports([module('src/auth/a.ts', "export { x } from '../../adapters/memory/b.ts'")]),
    ).toHaveLength(1);
    expect(module('src/auth/a.ts', 'await import(name)').unreadableImports).toHaveLength(1);
    expect(missingFiles(root, [module('src/auth/a.ts', "import './nowhere.ts'")])).toHaveLength(1);
  });
});

describe('the adapters', () => {
  it('keep apart: no edge in node, no node in edge, only src below memory', () => {
    expect(wrongAdapterImports(modules)).toEqual([]);
  });

  it('are refused where they do not', () => {
    expect(wrongAdapterImports([module('adapters/edge/a.ts', "import '../node/b.ts'")])).toHaveLength(1);
    expect(wrongAdapterImports([module('adapters/node/a.ts', "import '../edge/b.ts'")])).toHaveLength(1);
    expect(wrongAdapterImports([module('adapters/memory/a.ts', "import '../node/b.ts'")])).toHaveLength(1);
    expect(wrongAdapterImports([module('adapters/memory/a.ts', "import 'node:fs'")])).toHaveLength(1);
    expect(wrongAdapterImports([module('adapters/deno/a.ts', '')])).toHaveLength(1);
  });
});

describe('imports of src and adapters', () => {
  it('make no cycle', () => expect(cycle(modules)).toBeUndefined());

  it('are followed through several files to find one', () => {
    const ring = ['b', 'c', 'a'].map((next, i) => module(`src/auth/${'abc'[i]}.ts`, `import './${next}.ts'`));
    expect(cycle(ring)).toEqual(['src/auth/a.ts', 'src/auth/b.ts', 'src/auth/c.ts', 'src/auth/a.ts']);
  });
});

describe('the code', () => {
  it('of src names nothing that only one runtime has', () => {
    expect(source.flatMap(({ globals }) => globals)).toEqual([]);
    expect(module('src/a.ts', 'globalThis.process; Buffer.from(x); f(console)').globals).toHaveLength(3);
    expect(module('src/a.ts', 'x.process(); const y = { console: 1 }; // Buffer').globals).toEqual([]);
  });

  it('has no loose types', () => {
    expect(modules.flatMap(({ looseTypes }) => looseTypes)).toEqual([]);
    expect(module('src/a.ts', 'const a: any = b as unknown as C; // any').looseTypes).toHaveLength(2);
  });

  it(`has no file of more than ${maxLines} lines`, () => {
    expect(longFiles(modules)).toEqual([]);
    expect(longFiles([module('src/a.ts', ';\n'.repeat(maxLines + 1))])).toHaveLength(1);
    expect(longFiles([module('src/a.ts', ';\n'.repeat(maxLines))])).toEqual([]);
  });
});

describe('the bundles', () => {
  it('of src needs no platform', async () => {
    const entry = { ...edgeBundle, entry: 'src/index.ts', options: { ...edgeBundle.options, external: [] } };
    const { metafile } = await build({ ...buildOptions(entry, root), write: false, metafile: true });
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(outside).toEqual([]);
  });

  it('of the Worker stays within its size', async () => {
    const { outputFiles } = await build({ ...buildOptions(edgeBundle, root), write: false });
    const size = sizeOf(outputFiles[0]?.contents ?? new Uint8Array());
    console.log(`${edgeBundle.file}: ${describeSize(size)}`);
    expect(size.gzip).toBeGreaterThan(1000);
    expect(size.gzip).toBeLessThan(maxWorkerGzip);
  });
});

describe('the tree', () => {
  it('keeps registry addresses out of the lock', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": ?"[a-z+]+:\/\//);
  });

  it('keeps reports out of the root folder', () => {
    const documents = git('ls-files', '--cached', '--others', '--exclude-standard', ':(glob)*.md');
    expect(documents.filter((name) => !rootDocuments.test(name))).toEqual([]);
  });

  it('names no folder of the machine it was written on', () => {
    // The class in brackets keeps this line from finding itself.
    expect(git('grep', '--untracked', '-nIE', '(^|[^A-Za-z0-9_.-])/[w]ork/', '--', '.')).toEqual([]);
  });
});

function module(path: string, text: string): SourceModule {
  return parseModule(path, text);
}

function wrongArrows(all: readonly SourceModule[]): string[] {
  const inner = all.filter(({ path }) => path.startsWith('src/'));
  return inner.flatMap(({ path, files }) =>
    files
      .filter((file) => file.startsWith('src/') && !mayImport(unitOf(path), unitOf(file)))
      .map((file) => `${path} -> ${file}`),
  );
}

function mayImport(from: string, to: string): boolean {
  const [fromRow, toRow] = [from, to].map((unit) => rows.findIndex((row) => row.includes(unit)));
  if (fromRow === undefined || toRow === undefined || fromRow < 0 || toRow < 0) return false;
  return from === to || toRow < fromRow || exceptions.some((arrow) => arrow.from === from && arrow.to === to);
}

function unitOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function strayImports(all: readonly SourceModule[]): string[] {
  const inner = all.filter(({ path }) => path.startsWith('src/'));
  return inner.flatMap(({ path, files, packages }) =>
    [
      ...files.filter((file) => !file.startsWith('src/')),
      ...packages.filter((name) => name.startsWith('node:')),
    ].map((target) => `${path} -> ${target}`),
  );
}

function wrongAdapterImports(all: readonly SourceModule[]): string[] {
  const adapters = all.filter(({ path }) => path.startsWith('adapters/') && path.split('/').length > 2);
  return adapters.flatMap(({ path, files, packages }) => {
    const own = unitOf(path);
    const rule = adapterRules[own];
    if (rule === undefined) return [`${path}: no rule for this adapter`];
    const allowed = ['src/', ...[own, ...rule.siblings].map((name) => `adapters/${name}/`)];
    const fits = (file: string) =>
      allowed.some((folder) => file.startsWith(folder)) || /^adapters\/[^/]+\.ts$/.test(file);
    return [...files.filter((file) => !fits(file)), ...(rule.packages ? [] : packages)].map(
      (target) => `${path} -> ${target}`,
    );
  });
}

/** The first cycle as the paths along it, by depth-first search. */
function cycle(all: readonly SourceModule[]): string[] | undefined {
  const imports = new Map(all.map(({ path, files }) => [path, files]));
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const found = follow(next, [...trail, path]);
      if (found !== undefined) return found;
    }
    done.add(path);
    return undefined;
  };
  for (const path of imports.keys()) {
    const found = follow(path, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function longFiles(all: readonly SourceModule[]): string[] {
  return all.filter(({ lines }) => lines > maxLines).map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** Lines of git's output. `git grep` that finds nothing exits 1 without a word, and that is the good case. */
function git(...args: readonly string[]): string[] {
  try {
    // Command scope is trusted: a checkout that another user owns (a CI volume) is readable all the same.
    const command = ['-c', 'safe.directory=*', ...args];
    const output = execFileSync('git', command, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return output.split('\n').filter((line) => line !== '');
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1 && args[0] === 'grep') return [];
    throw error;
  }
}
