/** Names that were added lately. */
export interface RecentSet {
  /** False when the name was added lately already. */
  add(name: string): boolean;
  has(name: string): boolean;
}

/**
 * Remembers the last `atLeast` names and at most twice as many, in two generations of which the older is dropped whole.
 * Deleting single names from the front of a Set leaves holes that the next look at its front has to walk over.
 */
export function createRecentSet(atLeast: number): RecentSet {
  let young = new Set<string>();
  let old = new Set<string>();
  const has = (name: string) => young.has(name) || old.has(name);
  return {
    has,
    add(name) {
      if (has(name)) return false;
      inOnePiece(name);
      young.add(name);
      if (young.size >= atLeast) {
        old = young;
        young = new Set();
      }
      return true;
    },
  };
}

const ANYTHING = /^/;

/**
 * V8 joins texts by reference, and what is kept of such a text keeps all of its parts: of a UUID they take some 500 bytes. A regular
 * expression has it put them together.
 */
function inOnePiece(text: string): void {
  ANYTHING.test(text);
}
