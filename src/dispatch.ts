import type { Answer } from './domain/answer.ts';
import type { CachePolicy } from './domain/cache-policy.ts';
import type { Plan } from './domain/plan.ts';
import type { Principal } from './domain/principal.ts';
import type { Provider } from './domain/provider.ts';
import { GatewayError } from './errors/gateway-error.ts';
import type { DialectAttempt } from './exchange/attempt.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { GatewayDeps } from './ports/index.ts';
import { MediaFault } from './ports/media.ts';
import { requestHeaders, translatedHeaders } from './provider/request-headers.ts';
import { endpointUrl } from './provider/url.ts';
import { countConversation } from './translate/count-tokens.ts';
import { type ConversationEndpoint, isConversation } from './translate/dialects.ts';
import { translateEmbeddings } from './translate/embeddings-call.ts';
import { isGoogleFile } from './translate/gemini/translator.ts';
import type { Conversation } from './translate/hub/conversation.ts';
import { identityBody } from './translate/identity.ts';
import { inlineMedia } from './translate/media/inline-media.ts';
import { readConversation, type TranslatedCall, translateCall } from './translate/translation.ts';

/** A call and what it may be sent to, before it is known to whom, and what is sent. */
export interface Prepared extends Pick<DialectAttempt, 'life' | 'call' | 'headers' | 'shared'> {
  readonly plan: Plan;
  readonly cachePolicy: CachePolicy;
}

/** A call and the one target that it is sent to now. */
type Aimed = Omit<DialectAttempt, 'request' | 'clientCredential'>;

/** Answers a call by one of its targets, in a dialect that the target speaks. @throws GatewayError */
export type Dispatch = (principal: Principal, prepared: Prepared) => Promise<Answer>;

export interface DispatchDeps extends Pick<GatewayDeps, 'clock' | 'fetchMedia' | 'countTokens'> {
  readonly exchange: Exchange;
  readonly dropUnsupported: boolean;
  readonly maxMediaBytes: number;
  /** Told the id of an object that the provider made and keeps. Never rejects. */
  readonly bind: (principal: Principal, provider: Provider, objectId: string) => Promise<void>;
}

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { clock, exchange, dropUnsupported, bind } = deps;

  return async function dispatch(principal, { plan, ...prepared }) {
    return aimed(principal, { ...prepared, target: plan.targets[0] });
  };

  async function aimed(principal: Principal, prepared: Aimed): Promise<Answer> {
    const { target, call } = prepared;
    const { endpoint } = call;
    if (target.provider.paths[endpoint] !== undefined) return sameDialect(principal, prepared);
    if (isConversation(endpoint)) return conversation(principal, prepared, endpoint);
    if (endpoint === 'count_tokens') return count(prepared);
    if (endpoint === 'embeddings') {
      const { requestId } = prepared.life.record.incoming;
      return translated(
        principal,
        prepared,
        translateEmbeddings(call, target, { dropUnsupported, requestId }),
      );
    }
    throw new GatewayError(
      'invalid_request',
      `The provider "${target.provider.id}" has no ${endpoint} endpoint.`,
      { param: 'model' },
    );
  }

  function sameDialect(principal: Principal, prepared: Aimed): Promise<Answer> {
    const { life, target, call } = prepared;
    const { headers: client, query } = life.record.incoming;
    const { provider } = target;
    const { body, usageInjected, convert, dropped } = identityBody(call, target);
    const clientCredential = principal.credential;
    return exchange.sameDialect({
      ...prepared,
      headers: withDropped(prepared.headers, dropped),
      request: {
        method: 'POST',
        url: endpointUrl(provider, call.endpoint) + query,
        headers: requestHeaders({ provider, client, clientCredential, contentType: 'application/json' }),
        body,
      },
      clientCredential: clientCredential !== null,
      usageInjected,
      convert,
      onObject: (id) => bind(principal, provider, id),
    });
  }

  async function conversation(
    principal: Principal,
    prepared: Aimed,
    endpoint: ConversationEndpoint,
  ): Promise<Answer> {
    const { life, target, call } = prepared;
    const said = await withBytes(readConversation(call, endpoint), prepared);
    const made = translateCall(call, endpoint, said, target, {
      dropUnsupported,
      shared: prepared.shared,
      requestId: life.record.incoming.requestId,
      created: Math.floor(clock.now() / 1000),
    });
    return translated(principal, prepared, made);
  }

  function translated(
    principal: Principal,
    prepared: Aimed,
    { request, dropped, translation }: TranslatedCall,
  ): Promise<Answer> {
    const { life, target } = prepared;
    const { headers: client } = life.record.incoming;
    const { provider } = target;
    const clientCredential = principal.credential;
    return exchange.translated({
      ...prepared,
      headers: withDropped(prepared.headers, dropped),
      request: {
        method: 'POST',
        url: provider.baseUrl + request.path,
        headers: { ...translatedHeaders({ provider, client, clientCredential }), ...request.headers },
        body: request.body,
      },
      clientCredential: clientCredential !== null,
      translation,
    });
  }

  /** Gemini takes no URLs of others: where the operator allows it, their files go along as bytes. */
  async function withBytes(said: Conversation, { life, target }: Aimed): Promise<Conversation> {
    const { fetchMedia, maxMediaBytes } = deps;
    if (fetchMedia === null || target.provider.paths.generate_content === undefined) return said;
    const { signal } = life.scope;
    try {
      return await inlineMedia(said, fetchMedia, signal, { maxBytes: maxMediaBytes, keep: isGoogleFile });
    } catch (fault) {
      throw fault instanceof MediaFault && signal.aborted ? signal.reason : fault;
    }
  }

  /** For providers that do not count: the gateway does, and says if it is no more than an estimate. */
  async function count({ life, call, headers }: Aimed): Promise<Answer> {
    const { signal } = life.scope;
    const { inputTokens, estimated } = await countConversation(
      readConversation(call, 'messages'),
      deps.countTokens,
      signal,
    );
    const body = JSON.stringify({ input_tokens: inputTokens });
    return life.answer(200, { ...headers, 'x-llm-edge-estimated': String(estimated) }, body);
  }
}

/** Paths of fields may hold what a client named its things: keep them within a header (RFC 9110 section 5.5). */
function withDropped(
  headers: Readonly<Record<string, string>>,
  fields: readonly string[],
): Readonly<Record<string, string>> {
  if (fields.length === 0) return headers;
  const text = fields.map((field) => field.replaceAll(/[^\x21-\x7e]|,/g, '?')).join(', ');
  return { ...headers, 'x-llm-edge-dropped': text.slice(0, 1000) };
}
