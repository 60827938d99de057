import { describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';

function load(text: string, env: Readonly<Record<string, string>> = {}) {
  return loadConfig({ env, file: { name: 'gateway.yaml', text }, listen: { loopback: true } });
}

describe('redaction', () => {
  it('is off by default', () => {
    expect(load('{}')).toMatchObject({ ok: true, config: { redaction: null } });
  });

  it('looks for all kinds, and for patterns of the operator', () => {
    const text = 'redaction:\n  redaction_patterns:\n    staff: EMP-\\d{6}';
    const loaded = load(text, { REDACTION: 'tokenize', REDACTION_KINDS: 'email, IP' });
    expect(loaded).toMatchObject({
      ok: true,
      config: { redaction: { mode: 'tokenize', kinds: ['email', 'ip'], patterns: { staff: 'EMP-\\d{6}' } } },
    });
  });

  it('tells every fault with its place', () => {
    const text = 'redaction:\n  redaction_patterns:\n    back: (a)\\1\n    torn: "(a"\n    Name: a';
    const loaded = load(text, { REDACTION: 'hide', REDACTION_KINDS: 'email,age' });
    expect(loaded).toMatchObject({ ok: false });
    const paths = loaded.ok ? [] : loaded.faults.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      'REDACTION',
      'REDACTION_KINDS',
      'redaction.redaction_patterns.Name',
      'redaction.redaction_patterns.back',
      'redaction.redaction_patterns.torn',
    ]);
  });
});
