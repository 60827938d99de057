import { estimateInput } from './account/meter.ts';
import { formatUsd, type Pricer } from './account/price.ts';
import type { Attempts } from './attempts/attempts.ts';
import type { Inspect, Inspection } from './cached/inspect.ts';
import type { CachePolicy } from './domain/cache-policy.ts';
import type { Call, Incoming } from './domain/call.ts';
import type { LeftOut, Plan, PlannedTarget } from './domain/plan.ts';
import type { Principal } from './domain/principal.ts';
import type { DialectEndpoint } from './edge/read-call.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { parseObject } from './json.ts';
import type { Clock } from './ports/clock.ts';
import { type Asked, howAsked } from './translate/asked.ts';
import { withOverrides } from './translate/overrides.ts';

/** What would be done with a call. Field names are those of the wire: this is the answer's body. */
export interface Explanation {
  readonly endpoint: string;
  readonly model: string;
  /** The route's name, or the model that has no route of its own. */
  readonly route: string;
  readonly strategy: string;
  readonly cache: Inspection;
  /** In the order in which they would be tried. */
  readonly targets: readonly ExplainedTarget[];
  readonly left_out: readonly ExplainedLeftOut[];
  /** As the headers of an answer would say it. */
  readonly limits: Readonly<Record<string, string>>;
}

interface ExplainedTarget extends Asked {
  readonly provider: string;
  readonly model: string;
  readonly tier: number;
  readonly tags: Readonly<Record<string, string>>;
  /** What the strategy ordered the targets of a tier by, the lowest first; null: nothing is known to order it by. */
  readonly score: number | null;
  /** Why it stands where it does. */
  readonly reason: string;
  /** `ready`, or why it would be passed over now while there are others. */
  readonly standing: string;
  /** Input alone, by its size. */
  readonly estimated_input_tokens: number;
  /** Of the input alone; null: the price is not known. */
  readonly estimated_input_cost_usd: string | null;
}

interface ExplainedLeftOut {
  readonly provider: string;
  readonly model: string;
  readonly reason: string;
}

export interface ExplainDeps {
  readonly clock: Clock;
  readonly inspect: Inspect;
  readonly price: Pricer;
  readonly attempts: Pick<Attempts, 'standing'>;
  readonly dropUnsupported: boolean;
}

export interface Explained {
  readonly principal: Principal;
  readonly incoming: Incoming;
  readonly call: Call;
  readonly plan: Plan;
  readonly limits: Readonly<Record<string, string>>;
  readonly cachePolicy: CachePolicy;
}

/** Says what would be done, and does none of it. */
export type Explain = (explained: Explained) => Promise<Explanation>;

export function createExplain(deps: ExplainDeps): Explain {
  const { clock, inspect, price, attempts, dropUnsupported } = deps;

  return async function explain({ principal, incoming, call, plan, limits, cachePolicy }) {
    const { tenant } = principal;
    const { route, targets, leftOut } = plan;
    return {
      endpoint: call.endpoint,
      model: call.model,
      route: route.name,
      strategy: route.strategy,
      cache: await inspect({ tenant, call, plan, incoming }, cachePolicy),
      targets: targets.map((one) => explainTarget(call, one, route.dropUnsupported ?? dropUnsupported)),
      left_out: leftOut.map(explainLeftOut),
      limits,
    };
  };

  function explainTarget(call: Call, target: PlannedTarget, drop: boolean): ExplainedTarget {
    const { provider, model, tier, tags, score, reason } = target;
    const usage = estimateInput(call.body);
    const cost = price(provider.id, model, usage, clock.now());
    return {
      provider: provider.id,
      model,
      tier,
      tags,
      score: Number.isFinite(score) ? score : null,
      reason,
      standing: attempts.standing(target),
      ...howAsked(withOverrides(call, target.overrides), target, drop),
      estimated_input_tokens: usage.input,
      estimated_input_cost_usd: cost === null ? null : formatUsd(cost),
    };
  }
}

function explainLeftOut({ target, reason }: LeftOut): ExplainedLeftOut {
  return { provider: target.provider.id, model: target.model, reason };
}

const ENDPOINTS: readonly DialectEndpoint[] = ['chat', 'responses', 'messages', 'embeddings', 'completions'];

/**
 * The endpoint that a call is meant for: as `?endpoint=` says, else by what only its bodies have.
 * @throws GatewayError `invalid_request`
 */
export function endpointOf({ query, headers }: Incoming, bytes: Uint8Array): DialectEndpoint {
  const asked = new URLSearchParams(query).get('endpoint');
  const named = ENDPOINTS.find((endpoint) => endpoint === asked);
  if (named !== undefined) return named;
  if (asked !== null) {
    throw new GatewayError(
      'invalid_request',
      `The parameter "endpoint" has to be one of ${ENDPOINTS.join(', ')}.`,
      {
        param: 'endpoint',
      },
    );
  }
  const body = parseObject(new TextDecoder().decode(bytes)) ?? {};
  if (headers.get('anthropic-version') !== null) return 'messages';
  if (body.prompt !== undefined && body.messages === undefined && body.input === undefined)
    return 'completions';
  return body.input === undefined ? 'chat' : 'responses';
}
