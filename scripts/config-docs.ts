/**
 * Brings the tables of docs/configuration.md in line with the schema.
 * `--check` writes nothing and fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { withGeneratedParts } from '../src/config/describe.ts';

const FILE = new URL('../docs/configuration.md', import.meta.url);

const before = readFileSync(FILE, 'utf8');
const after = withGeneratedParts(before);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/configuration.md differs from the schema: run node scripts/config-docs.ts');
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, after);
}
