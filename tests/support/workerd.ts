import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { within } from './wait.ts';

export interface Workerd {
  /** The Worker's answer to a JSON body. */
  ask(task: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Runs a module of the tests in workerd, where drivers of the edge are at home. @param module its path from `tests/`. */
export async function startWorkerd(module: string): Promise<Workerd> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../${module}`, import.meta.url))],
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
  const url = await within('workerd listens', miniflare.ready, 20_000);
  return {
    async ask(task) {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(task) });
      return response.json();
    },
    stop: () => miniflare.dispose(),
  };
}
