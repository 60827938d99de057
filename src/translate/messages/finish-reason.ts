import type { JsonValue } from '../../domain/call.ts';
import type { FinishReason } from '../hub/reply.ts';

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const FROM_STOP_REASON: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop_sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context_length',
  tool_use: 'tool_calls',
  refusal: 'refusal',
  pause_turn: 'pause',
};

const TO_STOP_REASON: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  context_length: 'model_context_window_exceeded',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  other: 'end_turn',
};

/** `calls`: the answer holds tool calls. Some compatible servers say `end_turn` all the same. */
export function readStopReason(value: JsonValue | undefined, calls: boolean): FinishReason {
  const reason = (typeof value === 'string' ? FROM_STOP_REASON[value] : undefined) ?? 'other';
  return calls && reason === 'stop' ? 'tool_calls' : reason;
}

/** What the answer holds decides where the provider only said that it stopped. */
export function writeStopReason(
  reason: FinishReason,
  holds: { readonly calls: boolean; readonly refusal: boolean },
): string {
  if (reason !== 'stop') return TO_STOP_REASON[reason];
  if (holds.refusal) return 'refusal';
  return holds.calls ? 'tool_use' : 'end_turn';
}
