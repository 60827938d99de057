import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT, readText } from './support/files.ts';
import { settingNames } from './support/settings.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'wrangler-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of a Worker on the free plan; a paid one may have 10 MB. */
const MAX_GZIP = 3 * 1024 * 1024;
/** A Worker has a second of CPU time for what it does before the first request. */
const MAX_START_MS = 400;

describe.each([
  ['no environment', []],
  ['staging', ['--env', 'staging']],
  ['production', ['--env', 'production']],
])('wrangler deploy for %s', (name, flags) => {
  const outdir = join(folder, name);
  const worker = () => readFileSync(join(outdir, 'worker.js'));

  it('packs the Worker with the variables of the file', { timeout: 90_000 }, async () => {
    const env = {
      ...process.env,
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: join(folder, 'logs'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      NO_COLOR: '1',
    };
    const args = [
      'node_modules/wrangler/bin/wrangler.js',
      'deploy',
      '--dry-run',
      '--outdir',
      outdir,
      ...flags,
    ];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: ROOT, env });
    const bindings = Array.from(stdout.matchAll(/env\.(\w+)/g), ([, variable = '']) => variable);
    expect(bindings).toEqual(expect.arrayContaining(['L1_CACHE_BYTES', 'LOG_LEVEL']));
    expect(bindings.filter((variable) => !settingNames.has(variable))).toEqual([]);
    expect(stderr).not.toMatch(/Unexpected fields|Deprecated/i);
  });

  it('stays within the size and the start-up time of a Worker', { timeout: 30_000 }, async () => {
    const bytes = gzipSync(worker()).byteLength;
    const script = `
      const before = process.cpuUsage();
      await import(${JSON.stringify(join(outdir, 'worker.js'))});
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 1000);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    const ms = Number(stdout);
    console.log(`the Worker: ${(bytes / 1e3).toFixed(0)} kB gzip, ${ms.toFixed(0)} ms of CPU to start`);
    expect(bytes).toBeLessThan(MAX_GZIP);
    expect(ms).toBeLessThan(MAX_START_MS);
  });
});

describe('wrangler.toml', () => {
  const text = readText('wrangler.toml');

  it('names the secrets, as settings that there are, and holds none', () => {
    const [, list = ''] = /^# Secrets are never written here[\s\S]*?\n((?:# {3}.*\n)+)/m.exec(text) ?? [];
    const names = list.match(/\b[A-Z][A-Z_]+[A-Z]\b(?=[, ])/g) ?? [];
    expect(names).toEqual(
      expect.arrayContaining(['OPENAI_API_KEY', 'GATEWAY_API_KEYS', 'UPSTASH_REDIS_REST_TOKEN']),
    );
    expect(names.filter((name) => !settingNames.has(name))).toEqual([]);
    expect(text).not.toMatch(/^[A-Z_]*(KEY|TOKEN|SECRET|PASSWORD)S? *=/m);
  });

  it('observes all environments', () => {
    expect(text).toMatch(/^\[observability\]\nenabled = true/m);
    expect(text).toMatch(/^\[env\.production\][^[]*observability = \{ enabled = true/m);
  });
});
