import { mayUseProvider, requireProvider, requireUnreadPaths } from '../auth/allow.ts';
import type { CallLife } from '../call-life.ts';
import type { Config } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Incoming } from '../domain/call.ts';
import type { Principal } from '../domain/principal.ts';
import type { Provider } from '../domain/provider.ts';
import { accept } from '../exchange/given.ts';
import { parseObject } from '../json.ts';
import { requestHeaders } from '../provider/request-headers.ts';
import { endpointUrl, pathUrl } from '../provider/url.ts';
import { withinTenant } from '../provider/within-tenant.ts';
import { passthroughProvider } from '../route/passthrough.ts';
import type { Stages } from '../stages.ts';
import { imagesUsage } from '../usage/images.ts';

const decoder = new TextDecoder();

/** Where a forwarded request goes: chosen once the principal is known. */
export type Forwarding =
  /** An object that a provider keeps, at `path` below its endpoint. */
  | { readonly kind: 'response_item'; readonly objectId: string; readonly path: string }
  /** Any path of the provider that is named, or else of the first that speaks OpenAI. */
  | { readonly kind: 'passthrough'; readonly provider: string | null; readonly path: string };

/** The way of a request that is forwarded as it is. @throws GatewayError */
export type Forward = (life: CallLife, to: Forwarding) => Promise<Answer>;

export function createForward(stages: Stages, { providers, timeouts }: Config): Forward {
  const { authenticate, admitCall, owners, redact, exchange, bind } = stages;

  return async function forward(life, to) {
    const { record } = life;
    const { incoming } = record;
    const principal = await authenticate(incoming);
    record.principal = principal;
    const headers = await admitCall(life, principal, null, []);
    const { provider, url } = await destination(principal, incoming, to);
    const { method } = incoming;
    const body = hasBody(method) ? redact.bytes(await incoming.readBody()) : null;
    if (body !== null) await owners.requireInBytes(principal, body);
    const contentType = body === null ? null : (incoming.headers.get('content-type') ?? 'application/json');
    const isImages = to.kind === 'passthrough' && /^\/?images\//.test(to.path);
    const target = { provider, model: isImages && body !== null && isJson(contentType) ? modelIn(body) : '' };
    record.target = target;
    const clientCredential = principal.credential;
    const { apiKey } = provider;
    const sent = requestHeaders({
      provider,
      client: withinTenant(incoming.headers, principal),
      clientCredential,
      apiKey,
      contentType,
    });
    const request = { method, url, headers: sent, body };
    const onObject = (id: string) => bind(principal, provider, id);
    const reading = method === 'POST' ? { onObject, usage: isImages ? imagesUsage : noUsage } : null;
    const context = { signal: life.scope.signal, number: 1, apiKey, isHedge: false, ...timeouts };
    const asked = { life, target, context, request, configured: false, rehearsal: null, headers: {} };
    const given = await exchange.opaque({ ...asked, clientCredential: clientCredential !== null }, reading);
    return accept(life, given, headers);
  };

  async function destination(
    principal: Principal,
    incoming: Incoming,
    to: Forwarding,
  ): Promise<{ provider: Provider; url: string }> {
    if (to.kind === 'response_item') {
      const provider = await owners.find(principal, to.objectId);
      requireProvider(principal, provider.id);
      const root = `${endpointUrl(provider, 'response_item')}/`;
      return { provider, url: root + to.path.split('/').map(encodeURIComponent).join('/') + incoming.query };
    }
    requireUnreadPaths(principal);
    const allowed =
      to.provider === null ? providers.filter(({ id }) => mayUseProvider(principal, id)) : providers;
    const provider = passthroughProvider(allowed, to.provider);
    requireProvider(principal, provider.id);
    await owners.requireInPath(principal, incoming.method, to.path);
    return { provider, url: pathUrl(provider, to.path, incoming.query) };
  }
}

function noUsage(): null {
  return null;
}

function isJson(contentType: string | null): boolean {
  return contentType !== null && /\bjson\b/i.test(contentType);
}

/** Of a JSON body; empty: it has none. */
function modelIn(body: Uint8Array): string {
  const model = parseObject(decoder.decode(body))?.model;
  return typeof model === 'string' ? model : '';
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}
