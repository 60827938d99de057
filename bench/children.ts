/** Starts the processes of a run, each on its core, and ends every one of them by its pid, whatever happens. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';

/** The process under test has a core of its own; load client and mock share the other. */
export const CORE = { tested: 0, rig: 1 } as const;

const START_DEADLINE_MS = 15_000;
const STOP_DEADLINE_MS = 5_000;
const OUTPUT_KEPT = 4_000;

export interface Child {
  readonly pid: number;
  readonly port: number;
  /** Sends a message over the IPC channel and waits for the next one back. */
  ask(message: object, deadlineMs: number): Promise<unknown>;
  stop(): Promise<void>;
  /** What it printed last, and whether it is still there: for the message of a failed run. */
  lastWords(): string;
}

export interface ChildSpec {
  readonly name: string;
  /** Path of the module that Node runs, or a program of its own with its arguments. */
  readonly run: string | readonly string[];
  readonly core: number;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** What it prints when it is ready; default: a line `ready`. */
  readonly ready?: RegExp;
  /** Asked again and again until true, whatever it prints. */
  readonly isReady?: () => Promise<boolean>;
}

const living = new Set<ChildProcess>();

export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Moves a process that somebody else started to a core, with all its threads. */
export function pin(pid: number, core: number): void {
  if (pinned) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

/** A port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function launch(spec: ChildSpec): ChildProcess {
  const { run } = spec;
  const command =
    typeof run === 'string' ? [process.execPath, '--disable-warning=ExperimentalWarning', run] : run;
  const pin = pinned ? ['taskset', '-c', String(spec.core)] : [];
  const [program = process.execPath, ...args] = [...pin, ...command];
  // Nothing of the caller's environment but the path: a stray NODE_OPTIONS or provider key would change the run.
  const env = { PATH: process.env.PATH ?? '', PORT: String(spec.port), ...spec.env };
  return spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}

/** Starts a child. @throws Error with its last output when it does not become ready. */
export async function start(spec: ChildSpec): Promise<Child> {
  const process = launch(spec);
  living.add(process);
  let output = '';
  const keep = (text: Buffer) => {
    output = (output + text.toString()).slice(-OUTPUT_KEPT);
  };
  process.stdout?.on('data', keep);
  process.stderr?.on('data', keep);
  process.once('exit', () => living.delete(process));
  const isReady = spec.isReady ?? (async () => (spec.ready ?? /^ready$/m).test(output));
  await untilReady(spec.name, process, isReady, () => output);
  return {
    pid: process.pid ?? 0,
    port: spec.port,
    ask: (message, deadlineMs) => ask(spec.name, process, message, deadlineMs),
    stop: () => stop(process),
    lastWords: () => `${hasEnded(process) ? `${spec.name} has ended; ` : ''}its last output:\n${output}`,
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function untilReady(
  name: string,
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  output: () => string,
): Promise<void> {
  const until = performance.now() + START_DEADLINE_MS;
  while (!(await isReady())) {
    const ended = hasEnded(child);
    if (ended || performance.now() > until) {
      throw new Error(`${name} ${ended ? 'ended' : 'was not ready in time'}; its last output:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function ask(name: string, child: ChildProcess, message: object, deadlineMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
      act();
    };
    const onMessage = (reply: unknown) => settle(() => resolve(reply));
    const onExit = () => settle(() => reject(new Error(`${name} ended without an answer`)));
    const onTimeout = () => settle(() => reject(new Error(`${name} did not answer in ${deadlineMs} ms`)));
    const timer = setTimeout(onTimeout, deadlineMs);
    child.once('exit', onExit);
    child.once('message', onMessage);
    child.send(message);
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export async function stopAll(): Promise<void> {
  await Promise.all([...living].map(stop));
}

/** No child outlives the run: the last resort, for exits that ask nobody. */
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
