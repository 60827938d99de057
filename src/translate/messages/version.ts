import type { Conversation } from '../hub/conversation.ts';

/**
 * The `anthropic-version` for a translated request. 2026-10-21 answers 400 to `temperature`, `top_p` and `top_k`, even at
 * their defaults; 2023-06-01 is the last that takes them
 * (https://platform.claude.com/docs/en/api/migration-2026-10-21).
 */
export function messagesVersion({
  temperature,
  topP,
  topK,
}: Pick<Conversation, 'temperature' | 'topP' | 'topK'>): '2026-10-21' | '2023-06-01' {
  const samples = temperature !== undefined || topP !== undefined || topK !== undefined;
  return samples ? '2023-06-01' : '2026-10-21';
}
