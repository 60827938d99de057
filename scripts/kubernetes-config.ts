/**
 * Brings the ConfigMaps of deployments/kubernetes in line with infrastructure/, and the checksums by which pods notice.
 * `--check` writes nothing and fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MANIFESTS, withGeneratedParts } from './kubernetes/generated-parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const file of MANIFESTS) {
  const before = readFileSync(`${root}${file}`, 'utf8');
  const after = withGeneratedParts(before, root);
  if (after === before) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} differs from infrastructure/: run npx node scripts/kubernetes-config.ts`);
    process.exitCode = 1;
  } else {
    writeFileSync(`${root}${file}`, after);
  }
}
