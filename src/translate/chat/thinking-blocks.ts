import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';
import type { ReasoningPart, ReasoningSeal } from '../hub/conversation.ts';
import { packSeal, unpackSeal } from '../hub/seal.ts';

/**
 * Reasoning in Chat has no field of OpenAI's. The extension that most share: `reasoning_content` with the text, and
 * LiteLLM's `thinking_blocks` for what has to go back signed
 * (https://docs.litellm.ai/docs/reasoning_content): Anthropic's blocks as they are.
 */
export function readThinkingBlocks(value: JsonValue | undefined, at: string): ReasoningPart[] {
  return objectsIn(value).flatMap((block, i) => {
    const seal = sealOf(block);
    const text = block.type === 'redacted_thinking' ? '' : textOf(block.thinking);
    if (text === '' && seal === null) return [];
    return [{ type: 'reasoning' as const, text, seal, at: `${at}[${i}]` }];
  });
}

/** The seal of a block as a client gives it back. */
function sealOf(block: JsonObject): ReasoningSeal | null {
  if (block.type === 'redacted_thinking') return unpackSeal(textOf(block.data), 'anthropic-redacted');
  const signature = textOf(block.signature);
  return signature === '' ? null : unpackSeal(signature, 'anthropic');
}

/** The block for a client: its seal says whose it is. Without text it is one that nobody is meant to read. */
export function thinkingBlock(text: string, seal: ReasoningSeal): JsonObject {
  const data = packSeal(seal);
  if (text === '') return { type: 'redacted_thinking', data };
  return { type: 'thinking', thinking: text, signature: data };
}

/** The block as the provider that sealed it made it. */
export function rawThinkingBlock(text: string, { origin, data }: ReasoningSeal): JsonObject {
  if (origin === 'anthropic-redacted') return { type: 'redacted_thinking', data };
  return { type: 'thinking', thinking: text, signature: data };
}

/** The seal of a block in a provider's answer: raw, and that provider's own whatever it looks like. */
export function providerSeal(block: JsonObject, provider: string): ReasoningSeal | null {
  if (block.type === 'redacted_thinking') {
    return { origin: 'anthropic-redacted', provider, data: textOf(block.data) };
  }
  const data = textOf(block.signature);
  return data === '' ? null : { origin: 'anthropic', provider, data };
}
