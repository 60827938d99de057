import type { JsonObject } from '../../domain/call.ts';
import type { Effort, ReasoningSettings } from '../hub/conversation.ts';
import { effortOfBudget } from '../hub/effort.ts';
import type { Losses } from '../hub/losses.ts';
import { isGemini3 } from './model.ts';

/**
 * `thinkingConfig` (https://ai.google.dev/gemini-api/docs/thinking): levels since the third generation, budgets of tokens
 * before it; both together are refused. null: nothing was said of it.
 */
export function thinkingConfig(
  reasoning: ReasoningSettings | undefined,
  model: string,
  losses: Losses,
): JsonObject | null {
  if (reasoning === undefined) return null;
  const { effort } = reasoning;
  const off = reasoning.enabled === false || effort === 'none';
  const beyond = effort === 'xhigh' || effort === 'max';
  // The newer models cannot be kept from thinking, and no model knows more than high.
  if (!off && beyond) losses.omitted(losses.nameOf('reasoning'));
  if (off && isGemini3(model)) losses.omitted(losses.nameOf('reasoning'));
  const config = {
    ...(isGemini3(model) ? level(reasoning, off) : budget(reasoning, off)),
    ...(!off && wantsThoughts(reasoning) ? { includeThoughts: true } : {}),
  };
  return Object.keys(config).length === 0 ? null : config;
}

/** LOW is the least that every model of these takes. */
function level({ effort, budgetTokens }: ReasoningSettings, off: boolean): JsonObject {
  if (off) return { thinkingLevel: 'LOW' };
  if (effort !== undefined) return { thinkingLevel: LEVELS[effort] };
  return budgetTokens === undefined ? {} : { thinkingLevel: LEVELS[effortOfBudget(budgetTokens)] };
}

/** 0 turns it off, -1 leaves it to the model. */
function budget(reasoning: ReasoningSettings, off: boolean): JsonObject {
  const { effort, budgetTokens, adaptive, enabled } = reasoning;
  if (off) return { thinkingBudget: 0 };
  if (budgetTokens !== undefined) return { thinkingBudget: budgetTokens };
  if (effort !== undefined) return { thinkingBudget: BUDGETS[effort] };
  return adaptive === true || enabled === true ? { thinkingBudget: -1 } : {};
}

/** OpenAI's clients see thoughts if they ask for a summary; Anthropic's whenever they turn thinking on. */
function wantsThoughts({ summary, budgetTokens, adaptive, enabled }: ReasoningSettings): boolean {
  if (summary !== undefined) return summary !== 'omitted' && summary !== 'none';
  return budgetTokens !== undefined || adaptive === true || enabled === true;
}

const LEVELS: Readonly<Record<Effort, string>> = {
  none: 'LOW',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

/** Google's own: https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
