import { readYaml } from './files.ts';

/** As far as the tests look into it. */
export interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly restart?: string;
  readonly cpus: number;
  readonly mem_limit: string;
  readonly pids_limit?: number;
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, object | null>>;
  readonly volumes: Readonly<Record<string, object | null>>;
}

/** Of the system that this one takes the place of. */
export const SEED_SERVICES = [
  'llm-edge-agent',
  'redis-1',
  'redis-2',
  'redis-3',
  'prometheus',
  'grafana',
  'jaeger',
  'redis-commander',
];

export function readComposeFile(path: string): ComposeFile {
  return readYaml(path)[0] as ComposeFile;
}
