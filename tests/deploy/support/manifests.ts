import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type {
  ConfigMap,
  Container,
  Namespace,
  PersistentVolumeClaim,
  Secret,
  Service,
} from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { MANIFESTS } from '../../../scripts/kubernetes/generated-parts.ts';
import { readYaml } from './files.ts';

/** The kinds that the manifests use. A new one is added on purpose. */
export interface Kinds {
  readonly ConfigMap: ConfigMap;
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Namespace: Namespace;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PersistentVolumeClaim: PersistentVolumeClaim;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Secret: Secret;
  readonly Service: Service;
  readonly StatefulSet: StatefulSet;
}

export type KubernetesObject = Kinds[keyof Kinds];

export function readManifests(files: readonly string[] = MANIFESTS): KubernetesObject[] {
  return files.flatMap((file) => readYaml(file) as KubernetesObject[]);
}

export function ofKind<K extends keyof Kinds>(objects: readonly KubernetesObject[], kind: K): Kinds[K][] {
  return objects.filter((object): object is Kinds[K] => object.kind === kind);
}

/** @throws Error when there is none of that name. */
export function find<K extends keyof Kinds>(
  objects: readonly KubernetesObject[],
  kind: K,
  name: string,
): Kinds[K] {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata?.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** What runs pods. */
export function workloads(objects: readonly KubernetesObject[]): (Deployment | StatefulSet)[] {
  return [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')];
}

export function containers(objects: readonly KubernetesObject[]): Container[] {
  return workloads(objects).flatMap(({ spec }) => spec?.template.spec?.containers ?? []);
}
