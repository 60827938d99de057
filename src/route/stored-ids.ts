import type { JsonValue } from '../domain/call.ts';

/**
 * Ids of objects that providers keep and answer with on request: responses, conversations, files, batches, vector
 * stores, threads, assistants, uploads, containers, jobs (OpenAI), message batches and files (Anthropic).
 */
const KINDS =
  'resp|conv|batch|msgbatch|vs|vsfb|thread|asst|run|step|upload|cntr|cfile|ftjob|video|eval|evalrun|file';
const ANY_ID = new RegExp(`^(?:${KINDS})[-_][A-Za-z0-9_-]{6,}$`);
/** Long and without separators, as providers make them: nothing that people write looks like it. */
const MADE_ID = new RegExp(`^(?:${KINDS})[-_][A-Za-z0-9]{16,}$`);
const MADE_IDS_IN_TEXT = new RegExp(`\\b(?:${KINDS})[-_][A-Za-z0-9]{16,}\\b`, 'g');

/** Fields that refer to an object, in any API: `previous_response_id`, `file_ids`, `conversation`, `training_file`, … */
const REFERENCE =
  /(?:^|_)(?:ids?|files?|containers?|conversation|assistant|thread|response|image|mask|video)$/;
/** Fields that hold what people and models say: an id in there is only talked of. */
const SAID = new Set([
  'text',
  'content',
  'input',
  'output',
  'arguments',
  'instructions',
  'prompt',
  'system',
  'description',
  'name',
  'title',
  'refusal',
  'thinking',
  'data',
]);

/** The stored ids that a JSON value refers to. Without recursion: clients choose the depth. */
export function storedIdsIn(body: JsonValue): string[] {
  const ids: string[] = [];
  const left: [key: string, value: JsonValue | undefined][] = [['', body]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [key, value] = next;
    if (typeof value === 'string' && refersBy(key, value)) ids.push(value);
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) for (const item of value) left.push([key, item]);
    else for (const [name, item] of Object.entries(value)) left.push([name, item]);
  }
  return ids;
}

function refersBy(key: string, text: string): boolean {
  // A message of a thread that Anthropic keeps: its ids are those of all messages, so they are told by the field alone.
  if (key === 'previous_message_id') return true;
  if (REFERENCE.test(key)) return ANY_ID.test(text);
  return !SAID.has(key) && MADE_ID.test(text);
}

/** The stored ids in a body that is no JSON: a form, or a file of requests. */
export function storedIdsInText(text: string): string[] {
  return text.match(MADE_IDS_IN_TEXT) ?? [];
}

/** The stored ids among the segments of a path. */
export function storedIdsInPath(path: string): string[] {
  return path.split('/').filter((segment) => ANY_ID.test(segment));
}
