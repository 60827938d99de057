import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { within } from './wait.ts';

/** A Worker of the tests' own in the real workerd, where drivers of the edge are at home. */
export interface ProbeWorker {
  readonly url: string;
  /** Its answer to a JSON body. */
  ask(task: unknown): Promise<unknown>;
  /** The same of one that answers `{"result"}` or `{"fault"}`. @throws Error with its fault */
  resultOf(task: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param module its path from `tests/` */
export async function startProbeWorker(module: string): Promise<ProbeWorker> {
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
  const { href: url } = await within('workerd listens', miniflare.ready, 60_000);
  const ask = async (task: unknown): Promise<unknown> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(task) });
    return response.json();
  };
  return {
    url,
    ask,
    async resultOf(task) {
      const { result, fault } = (await ask(task)) as { result?: unknown; fault?: string };
      if (fault !== undefined) throw new Error(fault);
      return result;
    },
    stop: () => miniflare.dispose(),
  };
}
