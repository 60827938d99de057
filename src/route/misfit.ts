import type { Call } from '../domain/call.ts';
import type { Capability, Route, RouteTarget } from '../domain/plan.ts';
import type { Target } from '../domain/provider.ts';
import { tokensOfLength } from '../usage/estimate.ts';
import { askedOutput, inputTokens } from './call-shape.ts';
import { lacksOf } from './lacks.ts';
import { needsOf } from './needs.ts';
import { serves } from './serves.ts';

export interface JudgeDeps {
  /** Tokens of input and output together that a model takes; null: not known. */
  readonly contextOf: (target: Target) => number | null;
  /** Why a target cannot be asked for all of a call in its own dialect; null: it can. */
  readonly refusalOf: (call: Call, target: RouteTarget, dropUnsupported: boolean | null) => string | null;
}

/** Why one target cannot answer the call whole, in words that follow its name; null: it can, as far as the gateway knows. */
export type Misfit = (target: RouteTarget) => string | null;

/** Judges the targets of a route for one call. */
export type Judge = (call: Call, route: Route, requires: readonly Capability[]) => Misfit;

/** An estimate by the number of letters may be so far off: the provider, who counts, is to have the last word near the limit. */
const DOUBT = 1.1;

export function createJudge({ contextOf, refusalOf }: JudgeDeps): Judge {
  return function judge(call, route, requires) {
    const needs = [...new Set([...needsOf(call), ...requires])];
    const isTooLong = lengthOf(call);
    return (target) =>
      withoutEndpoint(call, target) ??
      withoutAbility(needs, target) ??
      isTooLong(target.contextTokens ?? contextOf(target)) ??
      refusalOf(call, target, route.dropUnsupported);
  };
}

/** What is checked of a target that stands alone: all else is its provider's to say. */
export function withoutEndpoint({ endpoint }: Call, { provider }: RouteTarget): string | null {
  return serves(provider, endpoint) ? null : `"${provider.id}" has no ${endpoint} endpoint`;
}

function withoutAbility(needs: readonly Capability[], target: RouteTarget): string | null {
  const missing = needs.filter((need) => !can(target, need));
  return missing.length === 0 ? null : `it cannot do ${missing.join(', ')}`;
}

function can({ capabilities, model }: RouteTarget, need: Capability): boolean {
  return capabilities === null ? !lacksOf(model).includes(need) : capabilities.includes(need);
}

/** The whole body is never shorter than the texts in it, which are only read where that does not settle it. */
function lengthOf(call: Call): (context: number | null) => string | null {
  const output = askedOutput(call);
  const most = tokensOfLength(call.body.text.length) + output;
  let counted: number | null = null;
  return (context) => {
    if (context === null || most <= context * DOUBT) return null;
    counted ??= inputTokens(call) + output;
    if (counted <= context * DOUBT) return null;
    return `about ${counted} tokens of input and output are more than the ${context} it takes`;
  };
}
