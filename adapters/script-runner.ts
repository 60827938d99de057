/** What a Redis does for stores whose operations are Lua scripts, whoever speaks to it. @throws StoreFault */
export interface ScriptRunner {
  /**
   * All keys of a script lie on one slot of a cluster. Texts in a reply are texts, but for numbers that Upstash tells as such;
   * `false` of the script is null.
   */
  script(text: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** A plain command; the second argument is its key. */
  command(...parts: readonly [name: string, key: string, ...rest: string[]]): Promise<unknown>;
}

export type RunScript = ScriptRunner['script'];
