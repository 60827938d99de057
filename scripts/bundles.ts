import { gzipSync } from 'node:zlib';
import type { BuildOptions } from 'esbuild';

export interface Bundle {
  readonly entry: string;
  /** Path below the output folder. */
  readonly file: string;
  readonly options: BuildOptions;
}

/** CommonJS dependencies (prom-client) call `require` for Node's own modules, and an ES module has none. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

export const nodeBundle: Bundle = {
  entry: 'adapters/node/main.ts',
  file: 'node/main.mjs',
  options: { platform: 'node', target: 'node24', banner: { js: requireBanner } },
};

/** What `wrangler deploy` makes, less its glue. An import of `node:*` fails here: no compatibility flag allows it. */
export const edgeBundle: Bundle = {
  entry: 'adapters/edge/worker.ts',
  file: 'edge/worker.mjs',
  options: {
    platform: 'neutral',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    external: ['cloudflare:*'],
    minify: true,
  },
};

/** esbuild's options for a bundle whose paths start at `root`; `outfile` decides where it goes, if anywhere. */
export function buildOptions(bundle: Bundle, root: string): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    ...bundle.options,
  };
}

export interface Size {
  readonly raw: number;
  readonly gzip: number;
}

export function sizeOf(bytes: Uint8Array): Size {
  return { raw: bytes.byteLength, gzip: gzipSync(bytes, { level: 9 }).byteLength };
}

export function describeSize({ raw, gzip }: Size): string {
  return `${(raw / 1000).toFixed(1)} kB, ${(gzip / 1000).toFixed(1)} kB gzip`;
}
