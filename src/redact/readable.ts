/**
 * Members that name, point to, seal or encode something and are not read by a model as text: a change would break the
 * call, and what is in them is not a person's. Everything else in a body is looked at.
 */
const STRUCTURE = new Set([
  'model',
  'role',
  'type',
  'id',
  'name',
  'status',
  'object',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'previous_response_id',
  'conversation',
  'container',
  'cache_key',
  'prompt_cache_key',
  'signature',
  'encrypted_content',
  'thinking',
  'redacted_thinking',
  'data',
  'file_data',
  'file_id',
  'image_url',
  'url',
  'media_type',
  'format',
  'detail',
  'effort',
  'service_tier',
  'tool_choice',
  'stop',
  'stop_sequences',
  'include',
]);

/** Schemas tell a program what to expect: their strings are names, not talk. */
const SCHEMA = /(?:^|\.)(?:parameters|input_schema|json_schema|schema|text\.format)(?:\.|$)/;

/** What a tool is called with may have members of any name. */
const TOOL_INPUT = /(?:^|\.)(?:content\.\*|\*)\.input\./;

/** Whether what stands at a path of a request is text that a model reads. */
export function isReadable(path: string): boolean {
  if (TOOL_INPUT.test(path)) return true;
  if (SCHEMA.test(path)) return false;
  const name = path.slice(path.lastIndexOf('.') + 1);
  return !STRUCTURE.has(name === '*' ? listOf(path) : name);
}

/** `stop` of `stop.*`. */
function listOf(path: string): string {
  const names = path.split('.').filter((part) => part !== '*');
  return names.at(-1) ?? '';
}
