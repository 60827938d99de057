import { type Findings, formatPath } from './faults.ts';

/** Each alias with what it stands for in the end: an alias may name another one. */
export function readAliases(
  aliases: Readonly<Record<string, string>>,
  routes: readonly string[],
  { faults }: Findings,
): Readonly<Record<string, string>> {
  const table = new Map(Object.entries(aliases));
  const taken = new Set(routes);
  const followed = [...table.keys()].flatMap((name): [string, string][] => {
    const path = formatPath(['aliases', name]);
    const end = follow(name, table);
    if (taken.has(name))
      faults.push({ path, message: 'is the name of a route as well; only one can have it' });
    if (end === null) faults.push({ path, message: 'leads back to itself; let it name a route or a model' });
    return end === null ? [] : [[name, end]];
  });
  return Object.fromEntries(followed);
}

/** Null: it never ends. */
function follow(name: string, table: ReadonlyMap<string, string>): string | null {
  const seen = new Set([name]);
  for (let next = table.get(name) ?? name; ; ) {
    const further = table.get(next);
    if (further === undefined) return next;
    if (seen.has(next)) return null;
    seen.add(next);
    next = further;
  }
}
