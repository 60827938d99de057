import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { RequestContext } from '../hub/translator.ts';
import { rawThinkingBlock } from './thinking-blocks.ts';
import { textPart } from './write-content.ts';

export interface WrittenReasoning {
  /** Fields of the message. */
  readonly fields: JsonObject;
  /** What belongs into the content itself; empty for most servers. */
  readonly thoughts: string;
}

/**
 * Reasoning goes back where the server has a place for it. What is sealed goes to nobody but its maker, with its blocks as
 * they were; who made it is never guessed, since most servers refuse blocks.
 */
export function writeReasoning(
  parts: readonly AssistantPart[],
  { provider, losses }: RequestContext,
): WrittenReasoning {
  const { reasoningField: field = 'reasoning_content' } = provider.chat ?? {};
  const blocks: JsonObject[] = [];
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== 'reasoning') continue;
    const { text, seal, at } = part;
    const mine = seal !== null && seal.provider === provider.id && SEALS.has(seal.origin);
    if (mine) blocks.push(rawThinkingBlock(text, seal));
    if (mine || (seal === null && field !== null)) texts.push(text);
    else losses.omitted(at);
  }
  const text = texts.filter((one) => one !== '').join('\n');
  const inField = text !== '' && field !== null && field !== 'content';
  return {
    fields: {
      ...(inField ? { [field]: text } : {}),
      ...(blocks.length === 0 ? {} : { thinking_blocks: blocks }),
    },
    thoughts: field === 'content' ? text : '',
  };
}

const SEALS: ReadonlySet<string> = new Set(['anthropic', 'anthropic-redacted']);

/** Content with Mistral's parts for reasoning: https://docs.mistral.ai/capabilities/reasoning */
export function withThoughts(text: string | null, thoughts: string): string | null | JsonObject[] {
  if (thoughts === '') return text;
  const thinking: JsonObject = { type: 'thinking', thinking: [textPart(thoughts)] };
  return text === null ? [thinking] : [thinking, textPart(text)];
}
