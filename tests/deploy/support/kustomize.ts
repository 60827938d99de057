import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { readText, readYaml } from './files.ts';
import type { KubernetesObject } from './manifests.ts';

interface Kustomization {
  readonly namespace?: string;
  readonly resources: readonly string[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly patches?: readonly { readonly target: { kind: string; name?: string }; readonly patch: string }[];
}

type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * What `kubectl kustomize FOLDER` gives, as far as the overlays use it: resources, namespace, images, patches in JSON.
 * @throws Error where kustomize would: a field that it does not know, a patch with no target or of what is not there.
 */
export function render(folder: string): KubernetesObject[] {
  const { namespace, resources, images = [], patches = [], ...rest } = kustomization(folder);
  if (Object.keys(rest).length > 0)
    throw new Error(`${folder} uses ${Object.keys(rest)}, which is not rendered here`);
  const objects = resources.flatMap((path) => load(folder, path));
  for (const { target, patch } of patches) {
    const matching = objects.filter((object) => matches(object, target));
    if (matching.length === 0) throw new Error(`${folder}: nothing is a ${target.kind} ${target.name ?? ''}`);
    for (const object of matching) for (const operation of parse(patch)) apply(object, operation);
  }
  const text = images.reduce(
    (all, { name, newName, newTag }) =>
      all.replaceAll(new RegExp(`"image":"${name}:[^"]+"`, 'g'), `"image":"${newName}:${newTag}"`),
    JSON.stringify(objects),
  );
  return (JSON.parse(text) as KubernetesObject[]).map((object) => moved(object, namespace));
}

function kustomization(folder: string): Kustomization {
  const [{ apiVersion: _, kind: __, ...rest }] = readYaml(join(folder, 'kustomization.yaml')) as [
    Kustomization & { apiVersion: string; kind: string },
  ];
  return rest;
}

function load(folder: string, path: string): KubernetesObject[] {
  const full = join(folder, path);
  if (!path.endsWith('.yaml')) {
    // kustomize calls a base that holds its overlay a cycle.
    if (folder.startsWith(`${full}/`)) throw new Error(`${folder} lies within its base`);
    return render(full);
  }
  if (dirname(full) !== folder) throw new Error(`${folder}: ${path} is outside, which kustomize forbids`);
  readText(full);
  return readYaml(full) as KubernetesObject[];
}

function matches({ kind, metadata }: KubernetesObject, target: { kind: string; name?: string }): boolean {
  const name = new RegExp(`^${target.name ?? '.*'}$`);
  return kind === target.kind && name.test(metadata?.name ?? '');
}

/** One operation of RFC 6902. */
function apply(object: KubernetesObject, operation: Operation): void {
  const keys = operation.path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    object,
  );
  if (typeof parent !== 'object' || parent === null) throw new Error(`there is no ${operation.path}`);
  const fields = parent as Record<string, unknown>;
  if (operation.op !== 'add' && !(last in fields))
    throw new Error(`there is no ${operation.path} to ${operation.op}`);
  if (operation.op === 'remove') delete fields[last];
  else fields[last] = operation.value;
}

function moved(object: KubernetesObject, namespace: string | undefined): KubernetesObject {
  if (namespace === undefined) return object;
  const field = object.kind === 'Namespace' ? 'name' : 'namespace';
  return { ...object, metadata: { ...object.metadata, [field]: namespace } } as KubernetesObject;
}
