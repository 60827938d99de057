import { readFileSync } from 'node:fs';
import type { ConfigFile } from '../../src/config/file-text.ts';
import { type LoadInput, loadConfig } from '../../src/config/load.ts';

export type NodeConfig = ReturnType<typeof loadConfig>;

/** The path of the configuration file; null: there is none. */
export function configPath(env: NodeJS.ProcessEnv): string | null {
  const name = env.LLM_EDGE_CONFIG?.trim() ?? '';
  return name === '' ? null : name;
}

/** The configuration as the environment and the file have it now. A file that cannot be read is a fault. */
export function readNodeConfig(env: NodeJS.ProcessEnv, listen: LoadInput['listen'] = 'host'): NodeConfig {
  const path = configPath(env);
  if (path === null) return loadConfig({ env, listen });
  const file = readConfigFile(path);
  if ('fault' in file) return { ok: false, faults: [{ path: 'LLM_EDGE_CONFIG', message: file.fault }] };
  return loadConfig({ env, file, listen });
}

function readConfigFile(name: string): ConfigFile | { readonly fault: string } {
  try {
    return { name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    return { fault: `cannot read ${name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
