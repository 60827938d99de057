import { describe, expect, it } from 'vitest';
import { MANIFESTS } from '../../scripts/kubernetes/generated-parts.ts';
import { cores, mebibytes, parseYaml, readText } from './support/files.ts';
import { containers, find, ofKind, readManifests, workloads } from './support/manifests.ts';
import { settingNames } from './support/settings.ts';

const NAMESPACE = 'llm-edge-production';
const objects = readManifests();
const agent = find(objects, 'Deployment', 'llm-edge-agent').spec?.template.spec;
const agentContainer = agent?.containers[0];

describe('what the manifests bring', () => {
  it('is in six files, in the order of the guide', () => {
    expect(MANIFESTS.map((file) => file.replace(/^.*\//, ''))).toEqual([
      'namespace.yaml',
      'redis-cluster.yaml',
      'prometheus.yaml',
      'grafana.yaml',
      'jaeger.yaml',
      'llm-edge-agent.yaml',
    ]);
    const kustomization = readText('deployments/kubernetes/kustomization.yaml');
    expect(kustomization.match(/(?<=- )\S+\.yaml/g)).toEqual(MANIFESTS.map((f) => f.replace(/^.*\//, '')));
  });

  it('is a namespace, and all else in it', () => {
    const [namespace] = ofKind(objects, 'Namespace');
    expect(namespace?.metadata).toMatchObject({ name: NAMESPACE, labels: { environment: 'production' } });
    expect(namespace?.metadata?.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const elsewhere = objects.filter((o) => o.kind !== 'Namespace' && o.metadata?.namespace !== NAMESPACE);
    expect(elsewhere).toEqual([]);
  });

  it('holds no secret, so that applying it overwrites none', () => {
    expect(ofKind(objects, 'Secret')).toEqual([]);
  });

  it.each([
    ['Deployment', 'llm-edge-agent', 3, '4', '4Gi'],
    ['StatefulSet', 'redis-cluster', 3, '1', '2Gi'],
    ['Deployment', 'prometheus', 1, '2', '4Gi'],
    ['Deployment', 'grafana', 1, '1', '2Gi'],
    ['Deployment', 'jaeger', 1, '2', '4Gi'],
  ] as const)('%s %s: %d of %s CPU and %s', (kind, name, replicas, cpu, memory) => {
    const { spec } = find(objects, kind, name);
    expect(spec?.replicas).toBe(replicas);
    expect(spec?.template.spec?.containers[0]?.resources?.limits).toEqual({ cpu, memory });
  });

  it('comes to the 20 cores, 28 GB and 110 GB of the sizing guide, the exporter aside', () => {
    const sized = workloads(objects).filter(({ metadata }) => metadata?.name !== 'redis-exporter');
    const sum = (of: 'cpu' | 'memory', read: (text: string) => number) =>
      sized.reduce((total, { spec }) => {
        const limit = spec?.template.spec?.containers[0]?.resources?.limits?.[of];
        return total + (spec?.replicas ?? 1) * read(String(limit));
      }, 0);
    expect(sum('cpu', cores)).toBe(20);
    expect(sum('memory', mebibytes) / 1024).toBe(28);
    const claims = ofKind(objects, 'PersistentVolumeClaim').map(
      ({ spec }) => spec?.resources?.requests?.storage,
    );
    const [template] = find(objects, 'StatefulSet', 'redis-cluster').spec?.volumeClaimTemplates ?? [];
    expect(template?.spec?.resources?.requests?.storage).toBe('10Gi');
    expect(claims.sort()).toEqual(['10Gi', '20Gi', '50Gi']);
  });

  it('keeps metrics for 30 days and holds the five dashboards', () => {
    const [prometheus] = find(objects, 'Deployment', 'prometheus').spec?.template.spec?.containers ?? [];
    expect(prometheus?.args).toContain('--storage.tsdb.retention.time=30d');
    const dashboards = Object.keys(find(objects, 'ConfigMap', 'grafana-dashboards').data ?? {});
    expect(dashboards.filter((name) => name.endsWith('.json'))).toHaveLength(5);
    expect(dashboards).toContain('dashboards.yml');
  });

  it('fits into the annotation in which kubectl keeps what was applied', () => {
    const longest = Math.max(...objects.map((object) => JSON.stringify(object).length));
    expect(longest).toBeLessThan(200 * 1024);
  });
});

describe('the services', () => {
  it('publish the API alone', () => {
    const published = ofKind(objects, 'Service').filter(
      ({ spec }) => (spec?.type ?? 'ClusterIP') !== 'ClusterIP',
    );
    expect(published.map(({ metadata }) => metadata?.name)).toEqual(['llm-edge-agent']);
    expect(published[0]?.spec).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 8080 }] });
    expect(published[0]?.spec?.ports).toHaveLength(1);
  });

  it('have the six ports of Jaeger', () => {
    const ports = find(objects, 'Service', 'jaeger').spec?.ports?.map(({ port }) => port);
    expect(ports).toEqual([16686, 16685, 4317, 4318, 8888, 13133]);
  });

  it('lead each to pods that exist, by ports that those name', () => {
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const pods = workloads(objects).filter(({ metadata: owner, spec: run }) => {
        const labels = { ...run?.template.metadata?.labels };
        const byName = spec?.selector?.['statefulset.kubernetes.io/pod-name'];
        if (byName !== undefined) return /^(.*)-\d+$/.exec(byName)?.[1] === owner?.name;
        return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value);
      });
      expect(pods, `pods of the service ${metadata?.name}`).toHaveLength(1);
      const names = pods[0]?.spec?.template.spec?.containers[0]?.ports?.map(({ name }) => name);
      for (const { targetPort } of spec?.ports ?? []) expect(names, metadata?.name).toContain(targetPort);
    }
  });

  it('let Redis and Prometheus see pods, ready or not', () => {
    for (const name of ['redis-1', 'redis-2', 'redis-3', 'redis-cluster', 'llm-edge-agent-metrics']) {
      const { spec } = find(objects, 'Service', name);
      expect(spec, name).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    }
    expect(find(objects, 'StatefulSet', 'redis-cluster').spec).toMatchObject({
      serviceName: 'redis-cluster',
      podManagementPolicy: 'Parallel',
    });
  });
});

describe('every pod', () => {
  it('is one that the restricted standard admits, and writes nowhere but in its volumes', () => {
    for (const { metadata, spec } of workloads(objects)) {
      const pod = spec?.template.spec;
      expect(pod, metadata?.name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod?.securityContext?.runAsUser, metadata?.name).toBeGreaterThan(0);
    }
    for (const { name, securityContext } of containers(objects)) {
      expect(securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('has limits, requests, probes and an image of a fixed version', () => {
    for (const { name, image = '', resources, livenessProbe, readinessProbe } of containers(objects)) {
      expect(Object.keys(resources?.limits ?? {}), name).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources?.requests ?? {}), name).toEqual(['cpu', 'memory']);
      expect([livenessProbe, readinessProbe], name).not.toContain(undefined);
      expect(image, name).toMatch(/:v?\d/);
    }
  });

  it('mounts volumes that it has, of ConfigMaps and claims that exist', () => {
    for (const { metadata, spec } of workloads(objects)) {
      const pod = spec?.template.spec;
      const templates = 'volumeClaimTemplates' in (spec ?? {}) ? ['data'] : [];
      const volumes = [...(pod?.volumes ?? []).map(({ name }) => name), ...templates];
      const mounts = pod?.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      expect(new Set(mounts), metadata?.name).toEqual(new Set(volumes));
      for (const { configMap, persistentVolumeClaim } of pod?.volumes ?? []) {
        if (configMap?.name !== undefined) find(objects, 'ConfigMap', configMap.name);
        if (persistentVolumeClaim) find(objects, 'PersistentVolumeClaim', persistentVolumeClaim.claimName);
      }
    }
  });

  it('with a volume of its own is never there twice', () => {
    for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
      const claims = spec?.template.spec?.volumes?.some(
        (volume) => volume.persistentVolumeClaim !== undefined,
      );
      if (claims) expect(spec?.strategy?.type, metadata?.name).toBe('Recreate');
    }
  });
});

describe('the gateway', () => {
  it('is told only settings that it has', () => {
    const config = Object.keys(find(objects, 'ConfigMap', 'llm-edge-agent').data ?? {});
    const names = [...config, ...(agentContainer?.env ?? []).map(({ name }) => name)];
    expect(names.filter((name) => !settingNames.has(name))).toEqual(['NODE_OPTIONS']);
  });

  it('takes its workers from its CPU limit and its keys from llm-edge-secrets', () => {
    const env = new Map(agentContainer?.env?.map(({ name, valueFrom }) => [name, valueFrom]));
    expect(env.get('WORKERS')?.resourceFieldRef).toMatchObject({ resource: 'limits.cpu', divisor: '1' });
    const keys = [...env].flatMap(([name, from]) =>
      from?.secretKeyRef ? [[name, from.secretKeyRef] as const] : [],
    );
    expect(keys.map(([name, { name: secret, key }]) => [name, secret, key])).toEqual([
      ['OPENAI_API_KEY', 'llm-edge-secrets', 'openai-api-key'],
      ['ANTHROPIC_API_KEY', 'llm-edge-secrets', 'anthropic-api-key'],
      ['GATEWAY_API_KEYS', 'llm-edge-secrets', 'gateway-api-keys'],
      ['ADMIN_API_KEY', 'llm-edge-secrets', 'admin-api-key'],
      ['ENCRYPTION_KEY', 'llm-edge-secrets', 'encryption-key'],
      ['LEDGER_REDIS_URL', 'llm-edge-secrets', 'ledger-redis-url'],
      ['REDIS_PASSWORD', 'llm-edge-secrets', 'redis-password'],
    ]);
  });

  it('is replaced one by one, and has the time that a drain takes', () => {
    const { spec } = find(objects, 'Deployment', 'llm-edge-agent');
    expect(spec?.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    const sleep = Number(agentContainer?.lifecycle?.preStop?.exec?.command?.[1]);
    const drain = Number(find(objects, 'ConfigMap', 'llm-edge-agent').data?.DRAIN_TIMEOUT_MS) / 1000;
    expect(sleep).toBeGreaterThanOrEqual(5);
    // What a worker may take beyond its drain, and as much again.
    expect(agent?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + drain + 10);
  });

  it('is asked whether it lives and whether it is ready, which is not the same', () => {
    expect(agentContainer?.startupProbe?.httpGet?.path).toBe('/health/live');
    expect(agentContainer?.livenessProbe?.httpGet?.path).toBe('/health/live');
    expect(agentContainer?.readinessProbe?.httpGet?.path).toBe('/health/ready');
  });

  it('scales from 3 to 10 and loses at most one at a time to a drained node', () => {
    expect(find(objects, 'HorizontalPodAutoscaler', 'llm-edge-agent').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'llm-edge-agent' },
      minReplicas: 3,
      maxReplicas: 10,
    });
    expect(find(objects, 'PodDisruptionBudget', 'llm-edge-agent').spec?.maxUnavailable).toBe(1);
    expect(find(objects, 'PodDisruptionBudget', 'redis-cluster').spec?.maxUnavailable).toBe(1);
  });
});

describe('Redis', () => {
  it('uses well under its memory limit, so that a rewrite of its log finds room', () => {
    const [redis] = find(objects, 'StatefulSet', 'redis-cluster').spec?.template.spec?.containers ?? [];
    const data = mebibytes(redis?.env?.find(({ name }) => name === 'MAXMEMORY')?.value ?? '');
    expect(data / mebibytes(String(redis?.resources?.limits?.memory))).toBeLessThan(0.65);
  });
});

describe('Prometheus', () => {
  it('scrapes services that exist', () => {
    const text = find(objects, 'ConfigMap', 'prometheus-config').data?.['prometheus.yml'] ?? '';
    expect(() => parseYaml(text, 'prometheus.yml')).not.toThrow();
    const hosts = Array.from(text.matchAll(/([a-z][a-z0-9-]+):(\d{4,5})\b/g), ([, host = '', port]) => [
      host,
      port,
    ]);
    expect(hosts.length).toBeGreaterThan(4);
    for (const [host = '', port] of hosts) {
      if (host === 'localhost') continue;
      const ports = find(objects, 'Service', host).spec?.ports?.map((entry) => String(entry.port));
      expect(ports, host).toContain(port);
    }
    expect(text).toContain('llm-edge-agent-metrics');
    expect(text).not.toContain('llm-edge-agent:9090');
  });
});

describe('traffic', () => {
  const policies = ofKind(objects, 'NetworkPolicy');

  it('is denied but for what a component allows, and each has a policy', () => {
    const deny = find(objects, 'NetworkPolicy', 'default-deny');
    expect(deny.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { metadata } of workloads(objects)) find(objects, 'NetworkPolicy', metadata?.name ?? '');
  });

  it('that one side lets out the other lets in', () => {
    const name = (selector?: { matchLabels?: Record<string, string> }) =>
      selector?.matchLabels?.['app.kubernetes.io/name'];
    const out = policies.flatMap(({ spec }) =>
      (spec?.egress ?? []).flatMap(({ to = [], ports = [] }) =>
        to.flatMap(({ podSelector }) =>
          ports.map(({ port }) => `${name(spec?.podSelector)} -> ${name(podSelector)}:${port}`),
        ),
      ),
    );
    const into = policies.flatMap(({ spec }) =>
      (spec?.ingress ?? []).flatMap(({ from = [], ports = [] }) =>
        from.flatMap(({ podSelector }) =>
          ports.map(({ port }) => `${name(podSelector)} -> ${name(spec?.podSelector)}:${port}`),
        ),
      ),
    );
    const between = out.filter((arrow) => !arrow.includes('undefined'));
    expect(between.length).toBeGreaterThan(8);
    expect(between.filter((arrow) => !into.includes(arrow))).toEqual([]);
  });

  it('of the gateway reaches providers, but not the metadata service of a cloud', () => {
    const blocks = find(objects, 'NetworkPolicy', 'llm-edge-agent').spec?.egress?.flatMap(
      ({ to = [] }) => to,
    );
    expect(blocks?.find(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0')?.ipBlock?.except).toContain(
      '169.254.0.0/16',
    );
  });
});
