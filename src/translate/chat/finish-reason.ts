import type { FinishReason } from '../hub/reply.ts';

/** What servers say beside OpenAI's own reasons: `model_length` is Mistral's, `eos` and `max_tokens` are of some hosts. */
const READ: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'context_length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

/** Reasons of an answer that broke off at the provider: Mistral and OpenRouter; DeepSeek when it has no machine left. */
const BROKEN: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource']);

export function isBroken(reason: string): boolean {
  return BROKEN.has(reason);
}

/** An empty reason is one that the server forgot. An answer that ends in calls is one of calls, whatever it says. */
export function readFinishReason(reason: string, hasToolCalls: boolean): FinishReason {
  const read = reason === '' ? 'stop' : (READ[reason] ?? 'other');
  return hasToolCalls && (read === 'stop' || read === 'other') ? 'tool_calls' : read;
}

/** Chat has five reasons: the stop sequence, a pause and whose refusal it was do not survive. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case 'stop':
    case 'stop_sequence':
    case 'other':
      return 'stop';
    case 'length':
    case 'context_length':
    case 'pause':
      return 'length';
    case 'tool_calls':
      return 'tool_calls';
    case 'content_filter':
    case 'refusal':
      return 'content_filter';
  }
}
