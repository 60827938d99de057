// Leaves of the locked packages what the image is built with: those of production and the bundler. The pinned Node is left
// out, since the image brings one. Rewrites package.json and package-lock.json in place, so it belongs into a build only.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const BUNDLER = 'esbuild';

/** package.json and package-lock.json, reduced. Versions and integrity stay those of the lock. */
export function forImage(manifest, lock) {
  const { devDependencies, optionalDependencies, ...rest } = manifest;
  const dependencies = { ...manifest.dependencies, [BUNDLER]: devDependencies[BUNDLER] };
  const root = { name: manifest.name, version: manifest.version, dependencies };
  const kept = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && isNeeded(path, entry));
  return {
    manifest: { ...rest, dependencies },
    lock: { ...lock, packages: { '': root, ...Object.fromEntries(kept) } },
  };
}

function isNeeded(path, entry) {
  const isBundler = path === `node_modules/${BUNDLER}` || path.startsWith(`node_modules/@${BUNDLER}/`);
  return isBundler || !(entry.dev || entry.optional || entry.devOptional);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const reduced = forImage(read('package.json'), read('package-lock.json'));
  writeFileSync('package.json', JSON.stringify(reduced.manifest, null, 2));
  writeFileSync('package-lock.json', JSON.stringify(reduced.lock, null, 2));
}
