const MAX_TAGS = 10;
const TAG = /^[\w.:/-]{1,64}=[\w.:/@ -]{1,64}$/;

/** `x-llm-edge-tags`: `team=search, app=web`. What is malformed or too much is as if it were not there. */
export function readTags(header: string | null): string[] {
  if (header === null) return [];
  const tags = header
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => TAG.test(tag));
  return [...new Set(tags)].slice(0, MAX_TAGS);
}
