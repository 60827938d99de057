/** A file's id is good only at the provider that gave it out, so it stays within the family of the dialect. */
export const FILE_OF_ANOTHER = 'a file id is good only at the provider that gave it out';

/**
 * True for an id of Anthropic's, which begins with `file_`. OpenAI's begin with `file-`, others' in many ways: Chat and
 * Responses take them all, since a provider that speaks both knows its files in both.
 */
export function isAnthropicFile(id: string): boolean {
  return id.startsWith('file_');
}
