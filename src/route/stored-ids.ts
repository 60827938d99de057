/**
 * Ids of objects that providers keep and answer with on request: responses, conversations, files, batches, vector
 * stores, threads, assistants, uploads, containers, jobs (OpenAI), message batches and files (Anthropic).
 */
const KINDS =
  'resp|conv|batch|msgbatch|vs|vsfb|thread|asst|run|step|upload|cntr|cfile|ftjob|video|eval|evalrun|file';
const STORED_ID = `(?:${KINDS})[-_][A-Za-z0-9_-]{6,}`;
const IN_BODY = new RegExp(`"(${STORED_ID})"`, 'g');
const WHOLE = new RegExp(`^${STORED_ID}$`);

/** The stored ids that a JSON text names, as whole strings. */
export function storedIdsInBody(text: string): string[] {
  return Array.from(text.matchAll(IN_BODY), (match) => match[1] ?? '');
}

/** The stored ids among the segments of a path. */
export function storedIdsInPath(path: string): string[] {
  return path.split('/').filter((segment) => WHOLE.test(segment));
}
