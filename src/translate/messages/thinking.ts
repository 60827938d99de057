import type { JsonObject } from '../../domain/call.ts';
import type { Conversation, Effort, ReasoningSettings } from '../hub/conversation.ts';
import { effortOfBudget } from '../hub/effort.ts';
import type { Losses } from '../hub/losses.ts';
import type { ModelTraits } from './models.ts';

/** `thinking.budget_tokens` is at least this, and below `max_tokens`. */
const LEAST_BUDGET = 1024;

/** Effort as tokens, for models that only know budgets. Between high and low, `effortOfBudget` reads them back. */
const BUDGETS: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
};

/** The parts of a request that say how much to think. */
export interface ThinkingPlan {
  readonly thinking?: JsonObject;
  /** `output_config.effort`. */
  readonly effort?: string;
}

export interface ThinkingLimits {
  readonly maxTokens: number;
  /** Why this request cannot think in any way, e.g. because a tool call is forced. */
  readonly barred: string | null;
  /** Why it cannot think by a budget, e.g. because a tool loop began without thinking. */
  readonly budgetBarred: string | null;
}

export function planThinking(
  conversation: Conversation,
  traits: ModelTraits,
  limits: ThinkingLimits,
  losses: Losses,
): ThinkingPlan {
  const { reasoning } = conversation;
  if (reasoning === undefined) return {};
  const field = losses.nameOf('reasoning');
  if (reasoning.enabled === false || reasoning.effort === 'none')
    return withoutThinking(field, traits, losses);
  if (traits.thinking !== 'adaptive' && asksOnlyToSee(reasoning)) {
    losses.omitted(field);
    return {};
  }
  if (traits.thinking === 'none') {
    losses.unsupported(field, 'this model does not think');
    return {};
  }
  const why = limits.barred ?? (traits.thinking === 'budget' ? limits.budgetBarred : null);
  if (why !== null) {
    // An effort is a wish; who speaks of thinking itself is told that there is none.
    if (isExplicit(reasoning)) losses.unsupported(field, why);
    else losses.omitted(field);
    return traits.thinking === 'adaptive' ? effortPlan(reasoning, traits, field, losses) : {};
  }
  if (traits.thinking === 'budget') return budgetPlan(reasoning, limits.maxTokens, field, losses);
  return {
    thinking: { type: 'adaptive', ...displayOf(reasoning) },
    ...effortPlan(reasoning, traits, field, losses),
  };
}

/** A summary of whatever is thought, but no thinking that would not be done anyway. */
function asksOnlyToSee(reasoning: ReasoningSettings): boolean {
  return reasoning.effort === undefined && !isExplicit(reasoning);
}

/** Anthropic's own words for it, which a client says only when it means Claude. */
function isExplicit({ budgetTokens, adaptive, enabled }: ReasoningSettings): boolean {
  return budgetTokens !== undefined || adaptive === true || enabled === true;
}

function withoutThinking(field: string, traits: ModelTraits, losses: Losses): ThinkingPlan {
  if (traits.thinking === 'none') return {};
  // Not just left out: some models think unless they are told not to.
  if (traits.canDisableThinking) return { thinking: { type: 'disabled' } };
  losses.omitted(field);
  return { effort: 'low' };
}

function effortPlan(
  { effort, budgetTokens }: ReasoningSettings,
  traits: ModelTraits,
  field: string,
  losses: Losses,
): ThinkingPlan {
  if (effort === undefined && budgetTokens === undefined) return {};
  // An amount in tokens becomes a word.
  if (budgetTokens !== undefined) losses.omitted(field);
  const wanted = effort ?? effortOfBudget(budgetTokens ?? 0);
  if (wanted === 'minimal') return { effort: 'low' };
  if (wanted !== 'xhigh' || traits.xhigh) return { effort: wanted };
  losses.omitted(field);
  return { effort: 'high' };
}

function budgetPlan(
  reasoning: ReasoningSettings,
  maxTokens: number,
  field: string,
  losses: Losses,
): ThinkingPlan {
  const { effort = 'medium', budgetTokens } = reasoning;
  const wanted = Math.max(LEAST_BUDGET, budgetTokens ?? BUDGETS[effort === 'none' ? 'minimal' : effort]);
  // Thinking is a part of max_tokens: a fifth of it is left for the answer.
  const budget = wanted < maxTokens ? wanted : Math.max(LEAST_BUDGET, Math.floor(maxTokens * 0.8));
  if (budget >= maxTokens) {
    losses.omitted(field);
    return {};
  }
  if (budgetTokens !== undefined && budget !== budgetTokens) losses.omitted(field);
  return { thinking: { type: 'enabled', budget_tokens: budget, ...displayOf(reasoning) } };
}

function displayOf({ summary }: ReasoningSettings): JsonObject {
  return summary === undefined ? {} : { display: 'summarized' };
}
