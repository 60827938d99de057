/**
 * Brings the tables of docs/translation.md in line with the translators and with the counts of the recorded traffic.
 * `--check` writes nothing and fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { withTranslationParts } from './translation/parts.ts';

const FILE = new URL('../docs/translation.md', import.meta.url);

const before = readFileSync(FILE, 'utf8');
const after = withTranslationParts(before);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/translation.md differs from the translators: run node scripts/translation-docs.ts');
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, after);
}
