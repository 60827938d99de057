/**
 * Runs a Lua script on a Redis, whoever speaks to it. All keys of a script lie on one slot of a cluster. Texts in a reply
 * are texts; `false` of the script is null. @throws StoreFault
 */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** JSON in ASCII alone, which every way to a Redis passes on unchanged. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
