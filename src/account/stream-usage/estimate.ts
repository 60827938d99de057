import { tokensOfLength } from '../../usage/estimate.ts';

/**
 * About how many tokens a delta carries: at four characters each, at least one. It looks for the text instead of
 * parsing, since it runs for every delta of every stream and counts only if one breaks.
 *
 * @param key global, and matches up to the opening quote of a text. Of several texts the first that is not empty
 *   counts, since some providers say the same twice (OpenRouter's `reasoning` and `reasoning_details`).
 */
export function estimateDelta(data: string, key: RegExp): number {
  key.lastIndex = Math.max(0, data.indexOf('"delta"'));
  while (key.test(data)) {
    const length = endOfString(data, key.lastIndex) - key.lastIndex;
    if (length > 0) return tokensOfLength(length);
  }
  return 0;
}

/** Where the closing quote is: one that no odd number of backslashes escapes. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end !== -1; end = text.indexOf('"', end + 1)) {
    let start = end;
    while (start > from && text.charCodeAt(start - 1) === 92) start--;
    if ((end - start) % 2 === 0) return end;
  }
  return from;
}
