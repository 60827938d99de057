import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEdgeMedia } from '../../adapters/edge/media.ts';
import { Bed, connectionOf, expectClosed } from '../contract/fetch/bed.ts';
import { faultOf, mediaContract } from '../contract/media.ts';
import type { MediaTask } from '../contract/media-probe.ts';
import { within } from '../support/wait.ts';

describe("FetchMedia: the global fetch, on Node's", () => mediaContract(createEdgeMedia));

describe('createEdgeMedia', () => {
  it('refuses names that are private by themselves', async () => {
    const names = [
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      'redis',
      'db.internal',
      'printer.local',
      'a.svc',
    ];
    const fetchMedia = createEdgeMedia({ timeoutMs: 2_000 });
    const { signal } = new AbortController();
    const faults = await Promise.all(
      names.map((name) => faultOf(fetchMedia(`http://${name}/`, { left: 1 }, signal))),
    );
    expect(names.filter((_, i) => faults[i] !== 'not_public')).toEqual([]);
  });
});

describe('FetchMedia: the global fetch, in workerd', () => {
  let miniflare: Miniflare;
  let probeUrl: URL;
  const bed = new Bed(() => Promise.reject(new Error('the probe calls, not the test')));

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('../contract/media-probe.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      target: 'es2024',
    });
    miniflare = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script: outputFiles[0]?.text ?? '',
        compatibilityDate: '2026-10-23',
        host: '127.0.0.1',
        port: 0,
        cf: false,
        handleStructuredLogs: () => {},
      }),
    );
    probeUrl = await within('workerd listens', miniflare.ready, 20_000);
  });
  afterAll(async () => {
    await bed.close();
    await miniflare.dispose();
  });

  async function probe(
    upstream: { url: string; port: number },
    task: Partial<MediaTask> = {},
  ): Promise<unknown> {
    const { url, port } = upstream;
    const body = JSON.stringify({ url, port, maxBytes: 10_000_000, timeoutMs: 10_000, ...task });
    const response = await within('the probe', fetch(probeUrl, { method: 'POST', body }));
    return response.json();
  }

  it('gets a file, byte for byte', async () => {
    const bytes = randomBytes(1_000_001);
    const upstream = await bed.http((_, response) => {
      response.setHeader('content-type', 'image/png').end(bytes);
    });
    expect(await probe(upstream)).toEqual({ mediaType: 'image/png', base64: bytes.toString('base64') });
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const upstream = await bed.http((_, response) => {
      requests += 1;
      response.writeHead(302, { location: '/other' }).end();
    });
    expect(await probe(upstream)).toEqual({ fault: 'redirect' });
    expect(requests).toBe(1);
  });

  it.each([
    ['wrong_type', 'text/html', {}],
    ['too_large', 'image/png', { maxBytes: 3 }],
    ['timeout', 'image/png', { timeoutMs: 100 }],
    ['aborted', 'image/png', { abortAfterMs: 100 }],
  ])('says %s and closes the connection', async (fault, type, task) => {
    const upstream = await bed.http((_, response) => {
      response.writeHead(200, { 'content-type': type }).write('open');
    });
    expect(await probe(upstream, task)).toEqual({ fault });
    await expectClosed(await connectionOf(upstream), () => {});
  });

  it('refuses an address that is not public', async () => {
    const upstream = await bed.http(() => {});
    expect(await probe(upstream, { url: 'http://0xa9fea9fe/latest/meta-data' })).toEqual({
      fault: 'not_public',
    });
  });
});
