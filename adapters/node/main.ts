import { readFileSync } from 'node:fs';
import { type Config, formatFaults, loadConfig } from '../../src/index.ts';
import { banner } from './banner.ts';
import { HELP } from './help.ts';
import { serve } from './serve.ts';
import { VERSION } from '../version.ts';

/** After SIGTERM the port stays open at least this long, so that load balancers see the readiness fall first. */
const LINGER_MS = 2_000;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(HELP);
  if (args.includes('--version')) return print(VERSION);
  const config = readConfig();
  const serving = await serve(config).catch((error: Error) => fail(`The gateway cannot start: ${error.message}`));
  print(banner(config, serving.url));
  process.once('SIGTERM', () => void serving.drain(LINGER_MS).then(() => process.exit(0)));
  process.once('SIGINT', () => void serving.drain(0).then(() => process.exit(0)));
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
    return fail(`LLM_EDGE_CONFIG: cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
