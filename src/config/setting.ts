import * as z from 'zod';

/** What the documentation and the reader of the environment need to know of one setting. */
export interface SettingMeta {
  /** Its environment variable; the name in the file is the same in lower case, inside a section. */
  readonly env: string;
  readonly type: string;
  readonly what: string;
  /** What happens while it is not set, where no value says it. */
  readonly unset?: string;
}

export const settingMeta = z.registry<SettingMeta>();

/** Describes a schema of its own (`.default()` makes one), for the documentation and for editors. */
export function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  settingMeta.add(schema, meta);
  return described(schema, meta.what);
}

export function described<T extends z.ZodType>(schema: T, description: string): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** JSON Schemas of the short forms that an entry may have beside its whole one. */
export const shortForms = z.registry<{ readonly schema: z.core.JSONSchema.BaseSchema }>();

/** Describes, for editors, the other form that `schema` takes. */
export function shortForm<T extends z.ZodType>(schema: T, other: z.core.JSONSchema.BaseSchema): T {
  shortForms.add(schema, { schema: other });
  return schema;
}
