import { describe, expect, it } from 'vitest';
import { MANIFESTS, withGeneratedParts } from '../../scripts/kubernetes/generated-parts.ts';
import { ROOT, readText } from './support/files.ts';
import { find, readManifests } from './support/manifests.ts';
import { typeFaults } from './support/type-check.ts';

describe('the manifests', () => {
  it.each(MANIFESTS)(
    '%s repeats infrastructure/ (run npx node scripts/kubernetes-config.ts if not)',
    (file) => {
      expect(withGeneratedParts(readText(file), ROOT)).toBe(readText(file));
    },
  );

  it('have no field that Kubernetes does not know, and none of a wrong type', async () => {
    expect(await typeFaults(readManifests())).toBe('');
  }, 60_000);

  it('are refused with a field that is unknown, of a wrong type, or missing', async () => {
    const agent = find(readManifests(), 'Deployment', 'llm-edge-agent');
    const { selector, ...unselected } = agent.spec ?? {};
    const unknown = { ...agent, spec: { ...agent.spec, replica: 3 } };
    const wrong = { ...agent, spec: { ...agent.spec, replicas: '3' } };
    const faults = await typeFaults([unknown, wrong, { ...agent, spec: unselected }] as (typeof agent)[]);
    expect(selector).toBeDefined();
    expect(faults).toContain("'\"replica\"' does not exist in type 'DeploymentSpec'");
    expect(faults).toContain("Type 'string' is not assignable to type 'number'");
    expect(faults).toContain("Property 'selector' is missing");
  }, 60_000);
});
