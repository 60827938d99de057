import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { within } from './wait.ts';

/** A Worker of the tests' own in workerd. */
export interface WorkerProbe {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param path of its module, from the folder of the tests. */
export async function startWorkerProbe(path: string): Promise<WorkerProbe> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    target: 'es2024',
  });
  const miniflare = new Miniflare(
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
  const { href } = await within('workerd listens', miniflare.ready, 60_000);
  return { url: href, stop: () => miniflare.dispose() };
}
