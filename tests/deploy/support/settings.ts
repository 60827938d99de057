import { readText } from './files.ts';

/** Every variable that docs/configuration.md lists, which another test keeps in line with the schema. */
export const settingNames: ReadonlySet<string> = new Set(
  readText('docs/configuration.md')
    .match(/`[A-Z][A-Z0-9_]+`/g)
    ?.map((name) => name.slice(1, -1)),
);
