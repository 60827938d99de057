import { describe, expect, it } from 'vitest';
import { readEncryptionKeys } from './encryption-keys.ts';
import type { Findings } from './faults.ts';

const A = 'a'.repeat(43);
const B = `${'b'.repeat(43)}=`;

function read(list: string | null) {
  const findings: Findings = { faults: [], warnings: [] };
  return { keys: readEncryptionKeys(list, findings), faults: findings.faults };
}

describe('ENCRYPTION_KEY', () => {
  it.each([
    [null, []],
    [A, [{ label: null, secret: A }]],
    [
      `2027:${B},${A}`,
      [
        { label: '2027', secret: B },
        { label: null, secret: A },
      ],
    ],
    [`x:y:${A}`, [{ label: 'x', secret: `y:${A}` }]],
  ])('%s', (list, keys) => expect(read(list)).toEqual({ keys, faults: [] }));

  it.each([
    ['a short key', 'a'.repeat(31), /at least 32/],
    ['a short key behind a name', `name:${'a'.repeat(31)}`, /at least 32/],
    ['an empty one among others', `${A},`, /at least 32/],
    ['the same twice', `${A},old:${A}`, /same key twice/],
  ])('refuses %s, without showing it', (_, list, message) => {
    const { faults } = read(list);
    expect(faults).toEqual([{ path: 'ENCRYPTION_KEY', message: expect.stringMatching(message) }]);
    expect(JSON.stringify(faults)).not.toContain('aaaa');
  });
});
