import type { FinishReason } from '../hub/reply.ts';

/** https://ai.google.dev/api/generate-content#FinishReason. A stop sequence is a `STOP` that does not say which. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // The answer can be continued by a further request of Google's own kind.
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
};

/** Gemini says `STOP` after function calls too. */
export function finishReasonOf(told: string, hasCalls: boolean): FinishReason {
  const reason = Object.hasOwn(REASONS, told) ? (REASONS[told] ?? 'other') : 'other';
  return reason === 'stop' && hasCalls ? 'tool_calls' : reason;
}
