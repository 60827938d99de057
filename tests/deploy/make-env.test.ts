import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './support/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeEnv(name: string): string {
  const file = join(folder, name);
  execFileSync(join(ROOT, 'scripts/make-env.sh'), [file], { stdio: 'ignore' });
  return readFileSync(file, 'utf8');
}

describe('make-env.sh', () => {
  it('writes passwords that are long, different, and for the owner of the file alone', () => {
    const text = makeEnv('fresh');
    const secrets = Array.from(text.matchAll(/^\w+=(?:default:)?([0-9a-f]{48})$/gm), ([, secret]) => secret);
    expect(new Set(secrets).size).toBe(6);
    expect(statSync(join(folder, 'fresh')).mode & 0o777).toBe(0o600);
  });

  it('changes nothing that is there, and adds what is missing', () => {
    expect(makeEnv('fresh')).toBe(readFileSync(join(folder, 'fresh'), 'utf8'));
    writeFileSync(join(folder, 'old'), 'OPENAI_API_KEY=mine\nREDIS_PASSWORD=mine\n');
    const text = makeEnv('old');
    expect(text.startsWith('OPENAI_API_KEY=mine\nREDIS_PASSWORD=mine\n')).toBe(true);
    expect(text.match(/^REDIS_PASSWORD=/gm)).toHaveLength(1);
    expect(text).toMatch(/^GATEWAY_API_KEYS=default:[0-9a-f]{48}$/m);
  });
});
