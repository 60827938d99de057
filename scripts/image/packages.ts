/**
 * Leaves of the locked packages what the image is built with: those of production and the bundler. The pinned Node is left
 * out, since the image brings one. Rewrites package.json and package-lock.json in place, so it belongs into a build only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const BUNDLER = 'esbuild';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** Both files, reduced. Versions and hashes stay those of the lock. @throws Error when there is no bundler. */
export function forImage(manifest: Manifest, lock: Lock): { manifest: Manifest; lock: Lock } {
  const { devDependencies = {}, optionalDependencies: _, ...rest } = manifest;
  const bundler = devDependencies[BUNDLER];
  if (bundler === undefined) throw new Error(`${BUNDLER} is not among the devDependencies`);
  const dependencies = { ...manifest.dependencies, [BUNDLER]: bundler };
  const root = { name: manifest.name, version: manifest.version, dependencies };
  const kept = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && isNeeded(path, entry));
  return {
    manifest: { ...rest, dependencies },
    lock: { ...lock, packages: { '': root, ...Object.fromEntries(kept) } },
  };
}

function isNeeded(path: string, entry: LockEntry): boolean {
  const isBundler = path === `node_modules/${BUNDLER}` || path.startsWith(`node_modules/@${BUNDLER}/`);
  return isBundler || !(entry.dev || entry.optional || entry.devOptional);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const reduced = forImage(read('package.json'), read('package-lock.json'));
  writeFileSync('package.json', JSON.stringify(reduced.manifest, null, 2));
  writeFileSync('package-lock.json', JSON.stringify(reduced.lock, null, 2));
}
