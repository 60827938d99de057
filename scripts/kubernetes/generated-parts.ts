import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, matchesGlob } from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';

/** In the order in which they are applied. */
export const MANIFESTS = [
  'namespace',
  'redis-cluster',
  'prometheus',
  'grafana',
  'jaeger',
  'llm-edge-agent',
].map((name) => `deployments/kubernetes/${name}.yaml`);

const BLOCK = /^( *)# generated: (.+) from (\S+)\n(?:.*\n)*?\1# generated: end\n/gm;
const CHECKSUM = /(checksum\/(\S+): )"[^"]*"( # generated)/g;

/** The text of a manifest with its ConfigMaps filled from the files below `root`, and with their checksums. */
export function withGeneratedParts(text: string, root: string): string {
  const filled = text.replace(BLOCK, (_block, indent: string, patterns: string, path: string) => {
    const entries = filesOf(join(root, path), patterns.split(' ')).map((file) => entryOf(file, indent));
    return `${indent}# generated: ${patterns} from ${path}\n${entries.join('')}${indent}# generated: end\n`;
  });
  const checksums = checksumsOf(filled);
  return filled.replace(CHECKSUM, (_line, head: string, name: string, tail: string) => {
    const sum = checksums.get(name);
    if (sum === undefined) throw new Error(`checksum/${name}: there is no ConfigMap ${name} in this file`);
    return `${head}"${sum}"${tail}`;
  });
}

/** The file itself, or those in the folder that match. @throws Error when there is none. */
function filesOf(path: string, patterns: readonly string[]): string[] {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path).filter((name) => patterns.some((pattern) => matchesGlob(name, pattern)));
  if (names.length === 0) throw new Error(`${path} has no file like ${patterns.join(' or ')}`);
  return names.sort().map((name) => join(path, name));
}

function entryOf(file: string, indent: string): string {
  const name = basename(file);
  const lines = contentOf(file, readFileSync(file, 'utf8')).trimEnd().split('\n');
  return `${indent}${name}: |\n${lines.map((line) => (line === '' ? '\n' : `${indent}  ${line}\n`)).join('')}`;
}

/** As Kubernetes needs it. JSON goes without its white space: what is applied must fit into an annotation of 256 KiB. */
function contentOf(file: string, text: string): string {
  if (file.endsWith('.json')) return JSON.stringify(JSON.parse(text));
  return file.endsWith('/prometheus/prometheus.yml') ? discoveringPods(text) : text;
}

/** In compose the name of the gateway is one address; here a headless service has those of all pods. */
function discoveringPods(text: string): string {
  const document = parseDocument(text);
  const jobs = document.toJS().scrape_configs as readonly { readonly job_name: string }[];
  const at = jobs.findIndex(({ job_name }) => job_name === 'llm-edge-agent');
  document.deleteIn(['scrape_configs', at, 'static_configs']);
  const discovery = { names: ['llm-edge-agent-metrics'], type: 'A', port: 9090 };
  document.setIn(['scrape_configs', at, 'dns_sd_configs'], document.createNode([discovery]));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function checksumsOf(text: string): Map<string, string> {
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  return new Map(
    objects
      .filter(({ kind }) => kind === 'ConfigMap')
      .map(({ metadata, data }) => [
        metadata.name,
        createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16),
      ]),
  );
}
