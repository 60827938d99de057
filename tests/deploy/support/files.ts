import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export function readText(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The documents of a YAML file. @throws Error for what a strict reader refuses or warns of: keys twice, bad indents. */
export function readYaml(path: string): unknown[] {
  return parseYaml(readText(path), path);
}

export function parseYaml(text: string, path: string): unknown[] {
  return parseAllDocuments(text, { strict: true, uniqueKeys: true, merge: true }).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
    return document.toJS();
  });
}

/** `2g`, `1200mb`, `2Gi`, `128Mi`, `45GB` in MiB. */
export function mebibytes(size: string): number {
  const [, number = '', unit = ''] = /^(\d+)([kmgKMG])(?:i|b|B)?$/.exec(size) ?? [];
  if (unit === '') throw new Error(`${size} is no size`);
  return Number(number) * { k: 1 / 1024, m: 1, g: 1024 }[unit.toLowerCase() as 'k' | 'm' | 'g'];
}

/** `500m` or `4` in cores. */
export function cores(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}
