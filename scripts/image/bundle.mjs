// node scripts/image/bundle.mjs DIR: all that the image holds of the project: the bundle, its bill of materials, the health check.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildOptions, nodeBundle } from '../bundles.ts';
import { billOfMaterials } from './bill-of-materials.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const target = resolve(process.argv[2] ?? 'dist/image');
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

const outfile = join(target, 'main.mjs');
const { metafile } = await build({ ...buildOptions(nodeBundle, root), outfile, metafile: true });
const bill = billOfMaterials({
  inputs: Object.keys(metafile.inputs),
  manifest: readJson('package.json'),
  lock: readJson('package-lock.json'),
  node: process.versions.node,
});
writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
copyFileSync(join(root, 'deployments/container/health-check.mjs'), join(target, 'health-check.mjs'));
