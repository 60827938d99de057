import type { Outcome } from '../domain/outcome.ts';
import type { Provider } from '../domain/provider.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { credentialRefused, judge, requireDialectReply } from '../provider/judge.ts';
import { rehearsed } from '../provider/rehearsed.ts';
import { responseHeaders } from '../provider/response-headers.ts';
import { faultError, type Send } from '../provider/send.ts';
import type { ProviderError } from '../translate/hub/reply.ts';
import { readRefusal } from '../translate/told-failure.ts';
import type { Attempt } from './attempt.ts';
import { classOfError, classOfRefusal, failureOf, isFilter, retryAfterMs } from './classify.ts';
import type { Given } from './given.ts';
import { Try, type TryDeps } from './try.ts';

export interface ExchangeDeps extends TryDeps {
  readonly send: Send;
  readonly maxResponseSize: number;
}

/** What a refusal may weigh: a page of JSON, not a download. */
const MAX_ERROR_BYTES = 1 << 20;

/** The call of a provider, and what is made of its reply: what all exchanges do alike. */
export class Upstream {
  readonly #deps: ExchangeDeps;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  /** What became of an attempt. Rejects for defects alone. */
  async outcomeOf(attempt: Attempt, give: () => Promise<Outcome<Given>>): Promise<Outcome<Given>> {
    try {
      return await give();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const ofClass = attempt.context.signal.aborted ? 'cancelled' : classOfError(error);
      return { ok: false, failure: failureOf(error, ofClass, this.#deps.clock.now()) };
    }
  }

  /**
   * @param input what the call uses at least; null: nobody can tell
   * @throws GatewayError when the call is over already.
   */
  begin({ life, target, context }: Attempt, input: Usage | null): Try {
    if (context.signal.aborted) throw context.signal.reason;
    return new Try(this.#deps, life, target, context, input);
  }

  /** @throws GatewayError when there is no reply that the client may see. */
  async send(attempt: Attempt, tried: Try, isStream = false): Promise<UpstreamReply> {
    const { target, request, clientCredential, rehearsal } = attempt;
    const send = rehearsal === null ? this.#deps.send : rehearsed(this.#deps.send, rehearsal);
    if (isStream) tried.awaitBeginning();
    try {
      const headers = { ...request.headers, ...tried.traceHeaders() };
      const reply = await send(target.provider, { ...request, headers, signal: tried.scope.signal });
      tried.headers(reply.status);
      if (reply.status === 403 && !clientCredential) throw await forbidden(reply, target.provider);
      judge(reply, { provider: target.provider, clientCredential });
      return reply;
    } catch (error) {
      tried.fail(error);
      throw error;
    }
  }

  /** What the reply is to be read as. @throws GatewayError when it is nothing of a dialect. */
  kindOf({ target }: Attempt, tried: Try, reply: UpstreamReply): 'json' | 'event-stream' {
    try {
      return requireDialectReply(reply, target.provider);
    } catch (error) {
      tried.fail(error);
      throw error;
    }
  }

  /** @throws GatewayError when the body breaks off or is too large. */
  async collect(attempt: Attempt, tried: Try, reply: UpstreamReply): Promise<Uint8Array> {
    try {
      return await reply.collect(reply.status >= 400 ? MAX_ERROR_BYTES : this.#deps.maxResponseSize);
    } catch (fault) {
      throw tried.failed(faultError(fault, attempt.target.provider, tried.scope.signal));
    }
  }

  /** The answer is `given`, if no other attempt does better: the provider told of a failure. What it costs is known. */
  refused(
    attempt: Attempt,
    tried: Try,
    reply: UpstreamReply,
    error: ProviderError,
    given: Given,
  ): Outcome<Given> {
    const ofClass = classOfRefusal(error, attempt);
    tried.end(ofClass);
    const said =
      reply.headers.get('retry-after') ?? (error.retryAfter === undefined ? null : String(error.retryAfter));
    const failure = {
      class: ofClass,
      retryAfterMs: retryAfterMs(said, this.#deps.clock.now()),
      give: () => given,
    };
    return { ok: false, failure };
  }
}

/**
 * Some providers forbid what was said as they forbid a credential (xAI, OpenRouter): a client must not be able to make all
 * the others' credential count as dead.
 */
async function forbidden(reply: UpstreamReply, provider: Provider): Promise<GatewayError> {
  const body = await reply.collect(MAX_ERROR_BYTES).catch(() => null);
  const json = body === null ? null : parseObject(new TextDecoder().decode(body));
  if (json !== null && isFilter(readRefusal('openai-chat', reply.status, json))) {
    return new GatewayError(
      'permission_denied',
      `The provider "${provider.id}" refused what was asked of it.`,
    );
  }
  return credentialRefused(reply.status, provider);
}

/** All of an answer but what it says. */
export function headOf(
  { headers }: Attempt,
  tried: Try,
  reply: UpstreamReply,
): Pick<Given, 'tried' | 'status' | 'headers'> {
  return {
    tried: tried.record,
    status: reply.status,
    headers: { ...responseHeaders(reply.headers), ...headers },
  };
}

/** An answer whose body is known. */
export function whole(attempt: Attempt, tried: Try, reply: UpstreamReply, body: Uint8Array | string): Given {
  tried.says(() => (typeof body === 'string' ? body : new TextDecoder().decode(body)));
  return {
    ...headOf(attempt, tried, reply),
    body,
    streamed: false,
    accept: (onOver) => onOver('finished', null),
  };
}

export function withHeaders(given: Given, headers: Readonly<Record<string, string>>): Given {
  return { ...given, headers: { ...given.headers, ...headers } };
}
