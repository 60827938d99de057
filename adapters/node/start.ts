import { availableParallelism } from 'node:os';
import { isLoopbackHost } from '../../src/config/base-url.ts';
import type { Config } from '../../src/config/config.ts';
import { formatFaults } from '../../src/config/load.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createTakeOn } from '../take-on.ts';
import { VERSION } from '../version.ts';
import { banner } from './banner.ts';
import { configPath, readNodeConfig } from './config-file.ts';
import { createNodeLogger } from './deps.ts';
import { endWhenTold } from './endings.ts';
import { HELP } from './help.ts';
import { createReloader } from './reload.ts';
import type { Running } from './running.ts';
import { watchFile } from './watch-file.ts';

/** What the command does. */
export async function start(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(HELP);
  if (args.includes('--version')) return print(VERSION);
  const config = readConfig();
  const logger = createNodeLogger(config.server.logLevel);
  const starting = startGateway(config, logger);
  endWhenTold({ logger, drain: async (lingerMs) => (await starting).drain(lingerMs) });
  const running = await starting.catch((error: Error) => fail(`The gateway cannot start: ${error.message}.`));
  reloadWhenTold(config, running, logger);
  print(banner(config, running));
}

/** One process serves by itself; several are workers of this one, which then never loads the gateway. */
async function startGateway(config: Config, logger: Logger): Promise<Running> {
  // libuv asks for the CPU quotas of containers (cgroups) as well as for cores.
  const workers = config.server.workers ?? availableParallelism();
  if (workers === 1) return (await import('./alone.ts')).startAlone(config, logger);
  return (await import('./cluster/primary.ts')).startCluster(config, workers, logger);
}

function readConfig(): Config {
  const loaded = readNodeConfig(process.env);
  if (!loaded.ok) return fail(formatFaults(loaded.faults));
  for (const warning of loaded.warnings) process.stderr.write(`warning: ${warning}\n`);
  return loaded.config;
}

/** Where there is a file, its changes and SIGHUP bring in what it says; without one, SIGHUP ends the process as ever. */
function reloadWhenTold(config: Config, running: Running, logger: Logger): void {
  const { reload: apply, metrics } = running;
  const takeOn = createTakeOn({ config, apply, metrics, logger });
  // Until it is started again it listens where it does, whatever a new `HOST` says.
  const listen = isLoopbackHost(config.server.host) ? 'host' : { loopback: false };
  const reload = createReloader(() => readNodeConfig(process.env, listen), takeOn);
  const path = configPath(process.env);
  if (path === null) return;
  process.on('SIGHUP', () => void reload());
  watchFile(
    path,
    () => void reload(),
    (error) => logger.log('warn', 'the configuration file is not watched any more', { error: error.message }),
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
