import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { UpstreamReply } from '../ports/fetch.ts';

export interface JudgeContext {
  readonly provider: Provider;
  /** The key was the client's own, so the provider's judgement of it is the client's to hear. */
  readonly clientCredential: boolean;
}

/**
 * Lets pass what the client may see as it is: an answer of the dialect, or a refusal of the client's own request.
 * @throws GatewayError for everything else, the reply let go.
 */
export function judge(reply: UpstreamReply, context: JudgeContext): void {
  const error = faultOf(reply.status, reply.headers.get('retry-after'), context);
  if (error === null) return;
  reply.discard();
  throw error;
}

/** The same for a status that the body told; null: the client may see it. */
export function faultOfStatus(status: number, context: JudgeContext): GatewayError | null {
  return faultOf(status, null, context);
}

function faultOf(
  status: number,
  retryAfter: string | null,
  { provider, clientCredential }: JudgeContext,
): GatewayError | null {
  const who = `The provider "${provider.id}"`;
  if (status >= 500) {
    return new GatewayError('upstream_failed', `${who} failed (status ${status}): try again.`, {
      ...(retryAfter === null ? {} : { retryAfter }),
    });
  }
  if (CREDENTIAL_REFUSED.has(status) && !clientCredential) {
    return credentialRefused(status, provider);
  }
  if (status >= 300 && status < 400) {
    return new GatewayError(
      'upstream_invalid',
      `${who} answered with a redirect, which is not followed: the operator has to set its base URL to the final address.`,
    );
  }
  if (status < 200) return new GatewayError('upstream_invalid', `${who} answered with status ${status}.`);
  return null;
}

export function credentialRefused(status: number, { id }: Provider): GatewayError {
  return new GatewayError(
    'upstream_auth_failed',
    `The provider "${id}" refused the gateway's credential (status ${status}): the operator has to check it.`,
  );
}

/** 402: the gateway's account there is empty, which a client must not take for its own budget. */
const CREDENTIAL_REFUSED = new Set([401, 402, 403]);

/**
 * What the reply is to be read as. Refusals come in JSON by any name or none (proxies in front of providers), so only
 * what says that it is a page is not looked at.
 * @throws GatewayError as `notOfTheDialect`, the reply let go.
 */
export function requireDialectReply(reply: UpstreamReply, provider: Provider): 'json' | 'event-stream' {
  const type = contentType(reply);
  if (/^text\/event-stream\b/i.test(type)) return 'event-stream';
  if (JSON_TYPE.test(type) || (reply.status >= 400 && !/\bhtml\b/i.test(type))) return 'json';
  reply.discard();
  throw notOfTheDialect(reply, provider);
}

/** What a client is told of a reply that is not what a dialect answers with. */
export function notOfTheDialect(reply: UpstreamReply, provider: Provider): GatewayError {
  if (reply.status === 429) return rateLimited(reply, provider);
  const who = `The provider "${provider.id}"`;
  const type = contentType(reply);
  if (JSON_TYPE.test(type)) {
    return new GatewayError(
      'upstream_invalid',
      `${who} sent a body that is not the JSON it was said to be: try again.`,
    );
  }
  const what = type === '' ? 'no content-type' : `content-type ${JSON.stringify(type.slice(0, 100))}`;
  return new GatewayError(
    'upstream_invalid',
    `${who} answered status ${reply.status} with ${what} where JSON was expected: the operator has to check its base URL.`,
  );
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

function contentType({ headers }: UpstreamReply): string {
  return headers.get('content-type') ?? '';
}

function rateLimited(reply: UpstreamReply, provider: Provider): GatewayError {
  const retryAfter = reply.headers.get('retry-after');
  return new GatewayError(
    'rate_limited',
    `The provider "${provider.id}" is limiting the gateway's rate: try again later.`,
    {
      ...(retryAfter === null ? {} : { retryAfter }),
    },
  );
}
