/** What the bundle is made of, as CycloneDX 1.6. */
export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

interface Component {
  readonly type: 'application' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
}

interface LockEntry {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
}

export interface BundleFacts {
  /** Files that went into the bundle, relative to the root of the project. */
  readonly inputs: readonly string[];
  readonly manifest: { readonly name: string; readonly version: string };
  readonly lock: { readonly packages: Readonly<Record<string, LockEntry>> };
  /** The version of Node that runs it. */
  readonly node: string;
}

/**
 * Lists the packages of which code is in the bundle, and no other: what the bundler left out cannot be attacked.
 * @throws Error when a file of a package is not in the lock.
 */
export function billOfMaterials({ inputs, manifest, lock, node }: BundleFacts): BillOfMaterials {
  const paths = new Set(inputs.flatMap((file) => packagePath(file) ?? []));
  const packages = Array.from(paths)
    .sort()
    .map((path) => packageComponent(path, lock.packages[path]));
  const { name, version } = manifest;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component('application', name, version, `pkg:npm/${name}@${version}`) },
    components: [component('platform', 'node', node, `pkg:generic/node@${node}`), ...packages],
  };
}

/** `node_modules/a/node_modules/@b/c` of a file below it: its key in the lock. */
function packagePath(file: string): string | null {
  return /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? null;
}

function packageComponent(path: string, entry: LockEntry | undefined): Component {
  if (entry === undefined) throw new Error(`${path} is in the bundle, but not in package-lock.json`);
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const { version, license, integrity = '' } = entry;
  const content = integrity.startsWith('sha512-') ? toHex(integrity.slice('sha512-'.length)) : null;
  return {
    ...component('library', name, version, `pkg:npm/${name.replace('@', '%40')}@${version}`),
    ...(license === undefined ? {} : { licenses: [{ license: { name: license } }] }),
    ...(content === null ? {} : { hashes: [{ alg: 'SHA-512', content }] }),
  };
}

function component(type: Component['type'], name: string, version: string, purl: string): Component {
  return { type, 'bom-ref': purl, name, version, purl };
}

function toHex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
