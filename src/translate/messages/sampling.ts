import type { JsonObject } from '../../domain/call.ts';
import type { Conversation } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';
import type { ModelTraits } from './models.ts';

/** With thinking, `top_p` may still be between this and 1 (https://platform.claude.com/docs/en/build-with-claude/thinking). */
const LEAST_TOP_P_WITH_THINKING = 0.95;

/** Values that are the provider's default are not sent: some models and API versions answer 400 even to those. */
export function writeSampling(
  conversation: Conversation,
  traits: ModelTraits,
  thinks: boolean,
  losses: Losses,
): JsonObject {
  const temperature = writeTemperature(conversation, traits, thinks, losses);
  const topP = writeTopP(conversation, traits, thinks, temperature !== undefined, losses);
  const topK = writeTopK(conversation, traits, thinks, losses);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
  };
}

function writeTemperature(
  { temperature }: Conversation,
  traits: ModelTraits,
  thinks: boolean,
  losses: Losses,
): number | undefined {
  if (temperature === undefined || temperature === 1) return undefined;
  const field = losses.nameOf('temperature');
  if (temperature > 1) {
    // OpenAI's scale ends at 2, Anthropic's at 1, which is its default.
    losses.omitted(field);
    return undefined;
  }
  return accepted(field, temperature, refusalOf(traits, thinks), losses);
}

function writeTopP(
  { topP }: Conversation,
  traits: ModelTraits,
  thinks: boolean,
  besideTemperature: boolean,
  losses: Losses,
): number | undefined {
  if (topP === undefined || topP === 1) return undefined;
  const field = losses.nameOf('topP');
  if (besideTemperature && traits.sampling === 'one') {
    return accepted(field, topP, 'this model takes a temperature or this, not both', losses);
  }
  return accepted(field, topP, refusalOf(traits, thinks && topP < LEAST_TOP_P_WITH_THINKING), losses);
}

function writeTopK(
  { topK }: Conversation,
  traits: ModelTraits,
  thinks: boolean,
  losses: Losses,
): number | undefined {
  if (topK === undefined) return undefined;
  return accepted(losses.nameOf('topK'), topK, refusalOf(traits, thinks), losses);
}

function refusalOf(traits: ModelTraits, thinks: boolean): string | null {
  if (traits.sampling === 'none') return 'this model takes no sampling parameters';
  return thinks ? 'it cannot be combined with thinking' : null;
}

function accepted(field: string, value: number, why: string | null, losses: Losses): number | undefined {
  if (why === null) return value;
  losses.unsupported(field, why);
  return undefined;
}
