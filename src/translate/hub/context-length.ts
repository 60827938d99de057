/** OpenAI's code for a conversation that is too long for the model: the one by which clients know to shorten it. */
export const CONTEXT_LENGTH = 'context_length_exceeded';

/**
 * Others say it in words: Anthropic "prompt is too long" or "exceed context limit", Gemini "exceeds the maximum number of
 * tokens", Bedrock "input is too long", servers of open models name the context's length or window.
 */
const IN_WORDS =
  /prompt (?:is )?too long|input is too long|exceed(?:s|ed)? (?:the )?(?:model's )?(?:max(?:imum)? )?context|(?:max(?:imum)?|model'?s?) context (?:length|window)|context window|exceeds the maximum number of tokens|maximum model length|too_many_prompt_tokens/i;

/** True when a failure says that the conversation is too long. */
export function saysTooLong(message: string): boolean {
  return IN_WORDS.test(message);
}
