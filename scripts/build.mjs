// npm run build [-- --outdir=DIR]: one file for Node and one for Workers, with their sizes. Fails if either fails.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { buildOptions, describeSize, edgeBundle, nodeBundle, sizeOf } from './bundles.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { outdir: { type: 'string', default: join(root, 'dist') } } });

for (const bundle of [nodeBundle, edgeBundle]) {
  try {
    console.log(`${bundle.file}: ${describeSize(await write(bundle))}`);
  } catch (error) {
    console.error(`${bundle.file}: ${error.message}`);
    process.exitCode = 1;
  }
}

async function write(bundle) {
  if (!existsSync(join(root, bundle.entry)))
    throw new Error(`the entry point ${bundle.entry} does not exist`);
  const outfile = resolve(values.outdir, bundle.file);
  await build({ ...buildOptions(bundle, root), outfile, sourcemap: 'linked' });
  return sizeOf(await readFile(outfile));
}
