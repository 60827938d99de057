import type { Answer } from './domain/answer.ts';
import type { CachePolicy } from './domain/cache-policy.ts';
import type { AttemptContext, Outcome, TryTarget } from './domain/outcome.ts';
import type { Plan, PlannedTarget } from './domain/plan.ts';
import type { Principal } from './domain/principal.ts';
import type { Provider } from './domain/provider.ts';
import { GatewayError } from './errors/gateway-error.ts';
import type { DialectAttempt } from './exchange/attempt.ts';
import { failureOf } from './exchange/classify.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { Given } from './exchange/given.ts';
import type { GatewayDeps } from './ports/index.ts';
import { MediaFault } from './ports/media.ts';
import { requestHeaders, translatedHeaders } from './provider/request-headers.ts';
import { endpointUrl } from './provider/url.ts';
import { withinTenant } from './provider/within-tenant.ts';
import { countConversation } from './translate/count-tokens.ts';
import { type ConversationEndpoint, isConversation } from './translate/dialects.ts';
import { translateEmbeddings } from './translate/embeddings-call.ts';
import { isGoogleFile } from './translate/gemini/translator.ts';
import type { Conversation } from './translate/hub/conversation.ts';
import { identityBody } from './translate/identity.ts';
import { inlineMedia } from './translate/media/inline-media.ts';
import { withOverrides } from './translate/overrides.ts';
import { readConversation, type TranslatedCall, translateCall } from './translate/translation.ts';

/** A call and what it may be sent to, before it is known to whom, and what is sent. */
export interface Prepared extends Pick<DialectAttempt, 'life' | 'call' | 'shared'> {
  readonly plan: Plan;
  readonly cachePolicy: CachePolicy;
  /** More headers for the answer of this client alone. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers a call by one of its targets. @throws GatewayError */
export type Dispatch = (principal: Principal, prepared: Prepared) => Promise<Answer>;

/** How a call is tried on any of its targets, in a dialect that the target speaks. */
export type DispatchTo = (
  principal: Principal,
  prepared: Prepared,
  breaks: DialectAttempt['breaks'],
) => TryTarget<Given>;

export interface DispatchDeps extends Pick<GatewayDeps, 'clock' | 'fetchMedia' | 'countTokens'> {
  readonly exchange: Exchange;
  readonly dropUnsupported: boolean;
  readonly maxMediaBytes: number;
  /** Told the id of an object that the provider made and keeps. Never rejects. */
  readonly bind: (principal: Principal, provider: Provider, objectId: string) => Promise<void>;
}

/** A call on its way to one target. */
interface Aimed extends Omit<DialectAttempt, 'request'> {
  readonly principal: Principal;
  readonly dropUnsupported: boolean;
}

export function createDispatch(deps: DispatchDeps): DispatchTo {
  const { clock, exchange, bind } = deps;

  return function dispatch(principal, prepared, breaks) {
    return async function tryTarget(target, context) {
      try {
        return await aimed({ ...aim(principal, prepared, target, context), breaks });
      } catch (error) {
        // The call cannot be put to this target.
        if (!(error instanceof GatewayError)) throw error;
        const failureClass = context.signal.aborted ? 'cancelled' : 'caller';
        return { ok: false, failure: failureOf(error, failureClass, clock.now()) };
      }
    };
  };

  function aim(
    principal: Principal,
    { life, call, shared, plan: { route, targets } }: Prepared,
    target: PlannedTarget,
    context: AttemptContext,
  ): Omit<Aimed, 'breaks'> {
    return {
      principal,
      life,
      call: withOverrides(call, target.overrides),
      shared,
      target,
      context,
      clientCredential: principal.credential !== null,
      configured: route.configured,
      rehearsal: target.id === targets[0].id ? life.record.rehearsal : null,
      dropUnsupported: route.dropUnsupported ?? deps.dropUnsupported,
      headers: {},
    };
  }

  async function aimed(to: Aimed): Promise<Outcome<Given>> {
    const { target, call, life, dropUnsupported } = to;
    const { endpoint } = call;
    if (target.provider.paths[endpoint] !== undefined) return sameDialect(to);
    if (isConversation(endpoint)) return conversation(to, endpoint);
    if (endpoint === 'count_tokens') return { ok: true, value: await count(to) };
    if (endpoint === 'embeddings') {
      const { requestId } = life.record.incoming;
      return translated(to, translateEmbeddings(call, target, { dropUnsupported, requestId }));
    }
    throw new GatewayError(
      'invalid_request',
      `The provider "${target.provider.id}" has no ${endpoint} endpoint.`,
      { param: 'model' },
    );
  }

  function sameDialect(to: Aimed): Promise<Outcome<Given>> {
    const { principal, life, target, call } = to;
    const { query } = life.record.incoming;
    const { provider } = target;
    const { body, usageInjected, convert, dropped } = identityBody(call, target);
    return exchange.sameDialect({
      ...to,
      headers: droppedHeaders(dropped),
      request: {
        method: 'POST',
        url: endpointUrl(provider, call.endpoint) + query,
        headers: requestHeaders({ ...headersFor(to), contentType: 'application/json' }),
        body,
      },
      usageInjected,
      convert,
      onObject: (id) => bind(principal, provider, id),
    });
  }

  async function conversation(to: Aimed, endpoint: ConversationEndpoint): Promise<Outcome<Given>> {
    const { life, target, call, shared, dropUnsupported } = to;
    const said = await withBytes(readConversation(call, endpoint), to);
    const made = translateCall(call, endpoint, said, target, {
      dropUnsupported,
      shared,
      requestId: life.record.incoming.requestId,
      created: Math.floor(clock.now() / 1000),
    });
    return translated(to, made);
  }

  function translated(to: Aimed, { request, dropped, translation }: TranslatedCall): Promise<Outcome<Given>> {
    return exchange.translated({
      ...to,
      headers: droppedHeaders(dropped),
      request: {
        method: 'POST',
        url: to.target.provider.baseUrl + request.path,
        headers: { ...translatedHeaders(headersFor(to)), ...request.headers },
        body: request.body,
      },
      translation,
    });
  }

  /** Gemini takes no URLs of others: where the operator allows it, their files go along as bytes. */
  async function withBytes(said: Conversation, { context, target }: Aimed): Promise<Conversation> {
    const { fetchMedia, maxMediaBytes } = deps;
    if (fetchMedia === null || target.provider.paths.generate_content === undefined) return said;
    const { signal } = context;
    try {
      return await inlineMedia(said, fetchMedia, signal, { maxBytes: maxMediaBytes, keep: isGoogleFile });
    } catch (fault) {
      throw fault instanceof MediaFault && signal.aborted ? signal.reason : fault;
    }
  }

  /** For providers that do not count: the gateway does, and says if it is no more than an estimate. */
  async function count({ call, context }: Aimed): Promise<Given> {
    const { inputTokens, estimated } = await countConversation(
      readConversation(call, 'messages'),
      deps.countTokens,
      context.signal,
    );
    return {
      tried: null,
      status: 200,
      headers: { 'content-type': 'application/json', 'x-llm-edge-estimated': String(estimated) },
      body: JSON.stringify({ input_tokens: inputTokens }),
      streamed: false,
      accept: (onOver) => onOver('finished', null),
    };
  }
}

function headersFor({ principal, life, target, context }: Aimed) {
  const client = withinTenant(life.record.incoming.headers, principal);
  return {
    provider: target.provider,
    client,
    clientCredential: principal.credential,
    apiKey: context.apiKey,
  };
}

/** Paths of fields may hold what a client named its things: keep them within a header (RFC 9110 section 5.5). */
function droppedHeaders(fields: readonly string[]): Readonly<Record<string, string>> {
  if (fields.length === 0) return {};
  const text = fields.map((field) => field.replaceAll(/[^\x21-\x7e]|,/g, '?')).join(', ');
  return { 'x-llm-edge-dropped': text.slice(0, 1000) };
}
