import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Config } from '../../src/config/config.ts';
import { formatFaults, loadConfig } from '../../src/config/load.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { VERSION } from '../version.ts';
import { banner } from './banner.ts';
import { createNodeLogger } from './deps.ts';
import { endWhenTold } from './endings.ts';
import { HELP } from './help.ts';
import type { Running } from './running.ts';

/** What the command does. */
export async function start(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(HELP);
  if (args.includes('--version')) return print(VERSION);
  const config = readConfig();
  const logger = createNodeLogger(config.server.logLevel);
  const starting = startGateway(config, logger);
  endWhenTold({ logger, drain: async (lingerMs) => (await starting).drain(lingerMs) });
  const running = await starting.catch((error: Error) => fail(`The gateway cannot start: ${error.message}.`));
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
  const name = process.env.LLM_EDGE_CONFIG?.trim();
  const file = name === undefined || name === '' ? undefined : { name, text: readConfigFile(name) };
  const loaded = loadConfig({ env: process.env, file, listen: 'host' });
  if (!loaded.ok) return fail(formatFaults(loaded.faults));
  for (const warning of loaded.warnings) process.stderr.write(`warning: ${warning}\n`);
  return loaded.config;
}

function readConfigFile(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    return fail(
      `LLM_EDGE_CONFIG: cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
