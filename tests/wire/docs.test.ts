import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, probe, UPSTREAMS, withTranslationParts } from '../../scripts/translation/parts.ts';
import { FEATURES } from '../../scripts/translation/probes.ts';
import { SETTINGS } from '../../scripts/translation/settings.ts';

const FILE = new URL('../../docs/translation.md', import.meta.url);
const document = readFileSync(FILE, 'utf8');

describe('docs/translation.md', () => {
  it('is what the translators do (run node scripts/translation-docs.ts if it is not)', () => {
    expect(withTranslationParts(document)).toBe(document);
  });

  it('says of nothing that it is adapted which is refused', () => {
    for (const feature of [...FEATURES, ...SETTINGS]) {
      for (const upstream of UPSTREAMS) {
        if (feature.adapted?.[upstream] === undefined) continue;
        const asked = ENDPOINTS.filter((client) => client !== upstream && feature.asks[client] !== undefined);
        const refused = asked.filter((client) => probe(client, upstream, feature)?.refused.length !== 0);
        expect([asked.length > 0, refused], `${feature.name} to ${upstream}`).toEqual([true, []]);
      }
    }
  });

  it('has a test for each of the known cases, which names it', () => {
    const rows = Array.from(
      document.matchAll(/^\| (\d+) \|.*\]\(\.\.\/([^)]+)\) \|$/gm),
      ([, number = '', path = '']) => [number, path] as const,
    );
    expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 59 }, (_, at) => at + 1));
    const silent = rows.filter(
      ([number, path]) => !names(readFileSync(new URL(path, new URL('../', FILE)), 'utf8'), number),
    );
    expect(silent).toEqual([]);
  });
});

/** `case 7`, `case 3, case 7`, `cases 3 and 7`. */
function names(text: string, number: string): boolean {
  const lists = text.matchAll(/[Cc]ases? (\d+(?:(?:,| and)? (?:case )?\d+)*)/g);
  return Array.from(lists, ([, list = '']) => list.split(/\D+/))
    .flat()
    .includes(number);
}
