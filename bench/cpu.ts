/** Time and memory of a process as the kernel keeps them, its child processes included (Linux, proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

/** Null when what is read is gone: a thread or a process may end between the listing and the reading. */
function present<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

function read(path: string): string {
  return present(() => readFileSync(path, 'latin1')) ?? '';
}

function threads(pid: number): string[] {
  const ids = present(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return ids.map((tid) => `/proc/${pid}/task/${tid}`);
}

/** `pid` and everything below it: a gateway with worker processes is measured whole. */
function tree(pid: number): number[] {
  const below = threads(pid).flatMap((task) => read(`${task}/children`).split(' ').filter(Boolean));
  return [pid, ...below.flatMap((child) => tree(Number(child)))];
}

/**
 * CPU microseconds spent so far by all threads, user and kernel. From `schedstat`, which counts
 * nanoseconds; `utime` and `stime` of `/proc/PID/stat` come in ticks of 10 ms.
 */
export function cpuMicros(pid: number): number {
  const stats = tree(pid)
    .flatMap(threads)
    .map((task) => read(`${task}/schedstat`).split(' ')[0]);
  return stats.reduce((sum, nanos) => sum + Number(nanos), 0) / 1000;
}

/** Proportional set size in kB: resident memory, with pages shared between processes counted once. */
export function memoryKb(pid: number): number {
  const sizes = tree(pid).map((one) => /^Pss: +(\d+)/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1]);
  return sizes.reduce((sum, kb) => sum + Number(kb ?? 0), 0);
}
