import { describe, expect, it } from 'vitest';
import { render } from './support/kustomize.ts';
import { containers, find, ofKind, readManifests } from './support/manifests.ts';
import { typeFaults } from './support/type-check.ts';

const base = render('deployments/kubernetes');
const production = render('deployments/overlays/production');
const dev = render('deployments/overlays/dev');

describe('the kustomizations', () => {
  it('have all that the files have', () => {
    expect(base).toEqual(readManifests());
    expect(production).toHaveLength(base.length);
    expect(dev).toHaveLength(base.length);
  });

  it('make what Kubernetes knows', async () => {
    expect(await typeFaults(production)).toBe('');
    expect(await typeFaults(dev)).toBe('');
  }, 60_000);

  it('for production leave the number of gateways to the autoscaler, and take the image from a registry', () => {
    const { spec } = find(production, 'Deployment', 'llm-edge-agent');
    expect(spec).not.toHaveProperty('replicas');
    expect(spec?.template.spec?.containers[0]?.image).toBe('registry.example.com/llm-edge-agent:0.1.0');
    expect(spec?.template.spec?.topologySpreadConstraints?.[1]?.whenUnsatisfiable).toBe('DoNotSchedule');
  });

  it('for development make a namespace of their own, with everything in it', () => {
    expect(ofKind(dev, 'Namespace').map(({ metadata }) => metadata?.name)).toEqual(['llm-edge-dev']);
    const elsewhere = dev.filter((o) => o.kind !== 'Namespace' && o.metadata?.namespace !== 'llm-edge-dev');
    expect(elsewhere).toEqual([]);
    expect(JSON.stringify(dev)).not.toContain('llm-edge-production');
  });

  it('for development ask for little', () => {
    expect(find(dev, 'Deployment', 'llm-edge-agent').spec?.replicas).toBe(1);
    expect(find(dev, 'ConfigMap', 'llm-edge-agent').data).toMatchObject({ ENABLE_SANDBOX: 'true' });
    expect(find(dev, 'Service', 'llm-edge-agent').spec?.type).toBe('ClusterIP');
    const [redis] = find(dev, 'StatefulSet', 'redis-cluster').spec?.template.spec?.containers ?? [];
    expect(redis?.env?.find(({ name }) => name === 'MAXMEMORY')?.value).toBe('256mb');
    const [prometheus] = find(dev, 'Deployment', 'prometheus').spec?.template.spec?.containers ?? [];
    expect(prometheus?.args).toContain('--storage.tsdb.retention.size=4GB');
    for (const { name, resources } of containers(dev))
      expect(['100m', '500m', '1'], name).toContain(resources?.limits?.cpu);
  });
});
