import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './files.ts';
import type { KubernetesObject } from './manifests.ts';

/**
 * What the compiler has against the objects, as literals of the types made from Kubernetes' OpenAPI description: fields that
 * do not exist, that have the wrong type, or that are missing.
 */
export async function typeFaults(objects: readonly KubernetesObject[]): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache'); // below the root, so that the types are found
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'manifests-'));
  try {
    const file = join(folder, 'manifests.ts');
    writeFileSync(file, objects.map(toSource).join('\n'));
    return await compile(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toSource(object: KubernetesObject, index: number): string {
  const { apiVersion = '', kind = '', metadata } = object;
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const type = `import('kubernetes-types/${group.split('.')[0]}/${version}').${kind}`;
  return `export const _${index} = ${JSON.stringify(object)} satisfies ${type}; // ${kind} ${metadata?.name}`;
}

function compile(file: string): Promise<string> {
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
  ];
  const args = [join(ROOT, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', ...options, file];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: ROOT, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`tsc did not run: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}
