// npm run sbom: the bill of materials of the image's bundle as CycloneDX, on standard output.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
try {
  execFileSync(process.execPath, [fileURLToPath(new URL('image/bundle.mjs', import.meta.url)), folder]);
  process.stdout.write(readFileSync(join(folder, 'sbom.cdx.json')));
} finally {
  rmSync(folder, { recursive: true });
}
