import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors and Kubernetes write in several steps. */
const SETTLED_MS = 200;

/**
 * Calls `onChange` once a file has changed and has been left alone for a moment. Its folder is watched: files are replaced
 * more often than written, and Kubernetes exchanges a link named `..data` beside them.
 * @param onLost told when nothing is heard of the folder any more.
 */
export function watchFile(path: string, onChange: () => void, onLost: (error: Error) => void): void {
  const name = basename(path);
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
      if (changed !== null && changed !== name && !changed.startsWith('..')) return;
      clearTimeout(timer);
      timer = setTimeout(onChange, SETTLED_MS).unref();
    });
    watcher.on('error', onLost);
  } catch (error) {
    onLost(error instanceof Error ? error : new Error(String(error)));
  }
}
