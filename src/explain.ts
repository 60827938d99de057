import { estimateInput } from './account/meter.ts';
import { formatUsd, type Pricer } from './account/price.ts';
import type { Inspect, Inspection } from './cached/inspect.ts';
import type { CachePolicy } from './domain/cache-policy.ts';
import type { Call, Incoming } from './domain/call.ts';
import type { Principal } from './domain/principal.ts';
import type { Target, UpstreamEndpoint } from './domain/provider.ts';
import type { DialectEndpoint } from './edge/read-call.ts';
import { GatewayError } from './errors/gateway-error.ts';
import { parseObject } from './json.ts';
import type { Clock } from './ports/clock.ts';
import { isConversation } from './translate/dialects.ts';
import { readConversation, translateCall } from './translate/translation.ts';

/** What would be done with a call. Field names are those of the wire: this is the answer's body. */
export interface Explanation {
  readonly endpoint: string;
  readonly model: string;
  readonly cache: Inspection;
  /** In the order in which they would be tried. */
  readonly targets: readonly ExplainedTarget[];
  /** As the headers of an answer would say it. */
  readonly limits: Readonly<Record<string, string>>;
}

interface ExplainedTarget {
  readonly provider: string;
  readonly model: string;
  /** The dialect that the provider is asked in. */
  readonly dialect: string;
  readonly translated: boolean;
  /** Fields that would be left out. */
  readonly dropped: readonly string[];
  /** Why this target would refuse the call; null: it would not, as far as the gateway can tell. */
  readonly refused: string | null;
  /** Input alone, by its size. */
  readonly estimated_input_tokens: number;
  /** Of the input alone; null: the price is not known. */
  readonly estimated_input_cost_usd: string | null;
}

export interface ExplainDeps {
  readonly clock: Clock;
  readonly inspect: Inspect;
  readonly price: Pricer;
  readonly dropUnsupported: boolean;
}

export interface Explained {
  readonly principal: Principal;
  readonly incoming: Incoming;
  readonly call: Call;
  readonly target: Target;
  readonly limits: Readonly<Record<string, string>>;
  readonly cachePolicy: CachePolicy;
}

/** Says what would be done, and does none of it. */
export type Explain = (explained: Explained) => Promise<Explanation>;

export function createExplain({ clock, inspect, price, dropUnsupported }: ExplainDeps): Explain {
  return async function explain({ principal, incoming, call, target, limits, cachePolicy }) {
    const { tenant } = principal;
    const usage = estimateInput(call.body);
    const cost = price(target.provider.id, target.model, usage, clock.now());
    return {
      endpoint: call.endpoint,
      model: call.model,
      cache: await inspect({ tenant, call, target, incoming }, cachePolicy),
      targets: [
        {
          provider: target.provider.id,
          model: target.model,
          ...asked(call, target),
          estimated_input_tokens: usage.input,
          estimated_input_cost_usd: cost === null ? null : formatUsd(cost),
        },
      ],
      limits,
    };
  };

  function asked(
    call: Call,
    target: Target,
  ): Pick<ExplainedTarget, 'dialect' | 'translated' | 'dropped' | 'refused'> {
    const { endpoint } = call;
    if (target.provider.paths[endpoint] !== undefined) return whole(endpoint, false);
    if (!isConversation(endpoint)) return whole(endpoint === 'embeddings' ? 'embed_content' : endpoint, true);
    try {
      const said = readConversation(call, endpoint);
      const options = { dropUnsupported, shared: false, requestId: '', created: 0 };
      const { upstream, dropped } = translateCall(call, endpoint, said, target, options);
      return { dialect: upstream, translated: true, dropped, refused: null };
    } catch (fault) {
      if (!(fault instanceof GatewayError)) throw fault;
      return { ...whole('none', true), refused: fault.message };
    }
  }
}

function whole(dialect: UpstreamEndpoint | 'none', translated: boolean) {
  return { dialect, translated, dropped: [], refused: null };
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
