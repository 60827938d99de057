import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../../scripts/stack/programs.ts';
import type { Engine } from './engine.ts';
import { ROOT } from './files.ts';

const execute = promisify(execFile);

/** What the build and Redis start from. */
const BASES = [
  'docker.io/library/node:24-bookworm-slim',
  'docker.io/library/debian:bookworm-slim',
  'docker.io/library/redis:7.4-bookworm',
] as const;
/** A workplace without a registry may bring a script that makes images of these names from packages. */
const MAKE_BASES = join(ROOT, '../shared/tools/mk-base-images.sh');

/** Null when all are here, else what is missing in a sentence. Nothing is pulled. */
export async function missingBases(engine: Engine): Promise<string | null> {
  const absent = await missing(engine, BASES);
  if (absent.length === 0) return null;
  if (engine.name === 'podman' && existsSync(MAKE_BASES)) {
    await execute('bash', [MAKE_BASES], { timeout: 240_000, maxBuffer: 64 << 20 }).catch(() => {});
    if ((await missing(engine, BASES)).length === 0) return null;
  }
  return `needs the images ${absent.join(', ')}: pull them first`;
}

async function missing(engine: Engine, images: readonly string[]): Promise<string[]> {
  const there = await Promise.all(images.map((image) => hasImage(engine, image)));
  return images.filter((_, at) => !there[at]);
}

export function hasImage(engine: Engine, image: string): Promise<boolean> {
  return engine.cli(['image', 'inspect', image]).then(
    () => true,
    () => false,
  );
}

/** From the Dockerfile as it is. */
export async function buildImage(engine: Engine, tag: string): Promise<void> {
  const format = engine.name === 'podman' ? ['--format', 'docker', '--pull=never'] : [];
  await engine.cli(['build', ...format, '--network', 'host', '-t', tag, '.'], 240_000);
}

/**
 * An image that runs a program of this machine, for a service whose own image is not here. Null when the program is not
 * here either.
 */
export async function standIn(engine: Engine, program: string, user: string): Promise<string | null> {
  const path = findProgram(program);
  if (path === null) return null;
  const lines = [
    `RUN mkdir /prometheus && chown ${user} /prometheus`,
    `USER ${user}`,
    'ENTRYPOINT ["/program"]',
  ];
  return imageOf(engine, { name: program, base: BASES[1], path, lines });
}

/** An image that runs a script of the tests. It takes any arguments. */
export function scriptStandIn(engine: Engine, script: string, user: string): Promise<string> {
  const path = join(ROOT, 'tests/deploy/support', script);
  const lines = [`USER ${user}`, 'ENTRYPOINT ["node", "/program"]'];
  return imageOf(engine, { name: script.replace(/\.mjs$/, ''), base: BASES[0], path, lines });
}

interface ImageOf {
  readonly name: string;
  readonly base: string;
  /** What becomes `/program`. */
  readonly path: string;
  readonly lines: readonly string[];
}

async function imageOf(engine: Engine, { name, base, path, lines }: ImageOf): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'stand-in-'));
  const tag = `llm-edge-stand-in-${name}:test`;
  copyFileSync(path, join(context, 'program'));
  writeFileSync(
    join(context, 'Dockerfile'),
    [`FROM ${base}`, 'COPY program /program', ...lines, ''].join('\n'),
  );
  try {
    await engine.cli(['build', '-t', tag, context], 60_000);
  } finally {
    rmSync(context, { recursive: true });
  }
  return tag;
}
