import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../support/wait.ts';
import { ROOT } from './files.ts';

const execute = promisify(execFile);

/** Docker or podman, with a compose that drives it. */
export interface Engine {
  readonly name: 'docker' | 'podman';
  /** A command of docker or podman: its standard output. @throws Error with what it said when it fails. */
  cli(args: readonly string[], timeoutMs?: number): Promise<string>;
  compose(args: readonly string[], timeoutMs?: number): Promise<string>;
  /** The start of every command of compose. */
  readonly composeCommand: readonly string[];
  /** A script of the shell, in which compose finds the engine. */
  script(text: string, folder: string): Promise<string>;
  close(): void;
}

/** An engine that works, or what is missing in a sentence. Nothing is installed. */
export async function findEngine(): Promise<Engine | string> {
  if (process.getuid?.() !== 0) return 'needs root, for an engine that lets containers publish ports';
  if (await works(['docker', 'info'])) {
    if (await works(['docker', 'compose', 'version']))
      return engine('docker', ['docker', 'compose'], process.env);
    if (await works(['docker-compose', 'version'])) return engine('docker', ['docker-compose'], process.env);
    return 'needs docker compose';
  }
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const env = { ...process.env, ...podmanSettings(folder) };
  if (!(await works(['podman', 'info'], env))) return 'needs a Docker that runs, or podman';
  if (!(await works(['docker-compose', 'version']))) return 'needs docker-compose beside podman';
  return startPodman(folder, env);
}

/** Compose speaks to podman as to a Docker, over a socket of our own. */
async function startPodman(folder: string, env: NodeJS.ProcessEnv): Promise<Engine> {
  const socket = `unix://${join(folder, 'podman.sock')}`;
  const options = { env, stdio: 'ignore' } as const;
  const service: ChildProcess = spawn('podman', ['system', 'service', '-t', '0', socket], options);
  await until('podman listens on its socket', () => existsSync(join(folder, 'podman.sock')), {
    deadlineMs: 20_000,
  });
  const podman = engine('podman', ['docker-compose'], { ...env, DOCKER_HOST: socket });
  return {
    ...podman,
    close() {
      service.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where there is no systemd, podman has to be told to do without; and limits above our own it may not set. */
function podmanSettings(folder: string): Record<string, string> {
  if (existsSync('/run/systemd/system')) return {};
  const file = join(folder, 'containers.conf');
  const ulimits = 'default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]';
  const engine = 'runtime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"';
  writeFileSync(file, `[containers]\n${ulimits}\nlog_driver = "k8s-file"\n[engine]\n${engine}\n`);
  return { CONTAINERS_CONF: file };
}

function engine(name: Engine['name'], compose: readonly string[], env: NodeJS.ProcessEnv): Engine {
  const run = async (command: readonly string[], timeout: number) => {
    const [file = '', ...args] = command;
    const { stdout } = await execute(file, args, { cwd: ROOT, env, timeout, maxBuffer: 64 << 20 });
    return stdout.trim();
  };
  return {
    name,
    cli: (args, timeoutMs = 60_000) => run([name, ...args], timeoutMs),
    compose: (args, timeoutMs = 120_000) => run([...compose, ...args], timeoutMs),
    composeCommand: compose,
    async script(text, cwd) {
      return (await execute('sh', ['-euc', text], { cwd, env, timeout: 120_000 })).stdout.trim();
    },
    close: () => {},
  };
}

function works([file = '', ...args]: readonly string[], env = process.env): Promise<boolean> {
  return execute(file, args, { env, timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}
