import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where scripts/setup.mjs unpacks what the tests need. */
const UNPACKED = join(ROOT, 'node_modules/.cache/debian/usr/bin');
/** Longer than the gateway's drain. */
const END_DEADLINE_MS = 40_000;

interface Options {
  readonly show?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** In the order of their starts. */
const running = new Map<ChildProcess, string>();
let onEnd = (_name: string) => {};

export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), UNPACKED];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** A process that ends with this one, however this one ends. */
export function startProgram(name: string, command: readonly string[], { show, env }: Options = {}): void {
  const bound = findProgram('setpriv') === null ? command : ['setpriv', '--pdeathsig', 'KILL', ...command];
  const [file = '', ...args] = bound;
  const child = spawn(file, args, {
    cwd: ROOT,
    // Of a group of its own: Ctrl-C comes to us, and we end them in order.
    detached: true,
    stdio: ['ignore', show ? 'inherit' : 'ignore', show ? 'inherit' : 'ignore'],
    ...(env && { env }),
  });
  running.set(child, name);
  child.once('error', () => {});
  child.once('close', () => {
    running.delete(child);
    onEnd(name);
  });
}

/** Tells of the first that ends; at once, if one already has. */
export function onFirstEnd(listener: (name: string) => void): void {
  onEnd = listener;
  for (const [child, name] of running) if (child.exitCode !== null) listener(name);
}

/** The last started first: the gateway is done with its calls before its Redis goes. */
export async function endAll(): Promise<void> {
  onEnd = () => {};
  for (const child of [...running.keys()].reverse()) {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    const overdue = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS);
    await ended;
    clearTimeout(overdue);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
