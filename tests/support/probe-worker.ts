import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { within } from './wait.ts';

export interface ProbeWorker {
  /** What the Worker at the path, which lies below `tests/`, answers to the task. @throws Error with its fault */
  ask(task: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** A Worker in the real workerd that does what it is told and answers `{"result"}` or `{"fault"}`. */
export async function startProbeWorker(path: string): Promise<ProbeWorker> {
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
  const url = await within('workerd listens', miniflare.ready, 20_000);
  return {
    async ask(task) {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(task) });
      const { result, fault } = (await response.json()) as { result?: unknown; fault?: string };
      if (fault !== undefined) throw new Error(fault);
      return result;
    },
    stop: () => miniflare.dispose(),
  };
}
