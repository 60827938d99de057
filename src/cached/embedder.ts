import { enter } from '../account/enter.ts';
import { METRICS } from '../account/instruments.ts';
import { estimateInput } from '../account/meter.ts';
import type { Pricer } from '../account/price.ts';
import type { Call, HeaderReader, JsonObject } from '../domain/call.ts';
import type { Principal } from '../domain/principal.ts';
import type { Target } from '../domain/provider.ts';
import type { Usage } from '../domain/usage.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { objectsIn, parseObject } from '../json.ts';
import type { UpstreamRequest } from '../ports/fetch.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { requestHeaders, translatedHeaders } from '../provider/request-headers.ts';
import type { Send } from '../provider/send.ts';
import { endpointUrl } from '../provider/url.ts';
import type { Embed } from '../semantic/embed.ts';
import { unitVector } from '../semantic/vector.ts';
import { translateEmbeddings } from '../translate/embeddings-call.ts';
import { identityBody } from '../translate/identity.ts';
import { usageFromReply } from '../usage/from-reply.ts';

export interface EmbedderDeps extends Pick<GatewayDeps, 'clock' | 'metrics' | 'ids' | 'limits'> {
  readonly send: Send;
  readonly price: Pricer;
  readonly modelLabel: (provider: string, model: string) => string;
}

/** Whose question it is: the vector is charged to its tenant. */
export interface Payer {
  readonly principal: Principal;
  readonly requestId: string;
  /** Keeps the runtime alive until `work` ends. */
  hold(work: Promise<unknown>): void;
}

/** Vectors from an embedding model of the gateway's own, by the gateway's own key. */
export type Embedder = (payer: Payer) => Embed;

/** A vector of 8,192 dimensions is 200 KB of JSON. */
const MAX_REPLY_BYTES = 1 << 20;
/** Nothing of the client's goes along: it does not know of this call. */
const NO_HEADERS: HeaderReader = { get: () => null };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @throws Error when the gateway has no key of its own for the target. */
export function createEmbedder(deps: EmbedderDeps, target: Target): Embedder {
  const { provider, model } = target;
  if (provider.auth !== 'none' && provider.apiKey === null) {
    throw new Error(
      `the provider "${provider.id}" of the embedding model needs an API key of the gateway's own`,
    );
  }

  return (payer) => async (text, signal) => {
    const call = callFor(model, text);
    const estimated = estimateInput(call.body);
    const { request, read } = asked(call, target);
    let reply: JsonObject | null;
    try {
      reply = await answerTo({ ...request, signal });
    } catch (fault) {
      // Who gives up on an answer may be charged for it.
      account(payer, signal.aborted ? estimated : null, signal.aborted ? 'upstream_timeout' : nameOf(fault));
      throw fault;
    }
    const { usage, vector } = reply === null ? NO_VECTOR : read(reply);
    account(payer, usage ?? estimated, vector === null ? 'upstream_invalid' : 'ok');
    if (vector === null) throw new Error('the answer holds no vector');
    return vector;
  };

  /** Null: no JSON. */
  async function answerTo(request: UpstreamRequest): Promise<JsonObject | null> {
    const reply = await deps.send(provider, request);
    if (reply.status === 200) return parseObject(decoder.decode(await reply.collect(MAX_REPLY_BYTES)));
    reply.discard();
    throw new Error(`upstream_${reply.status}`);
  }

  function account({ principal, requestId, hold }: Payer, usage: Usage | null, outcome: string): void {
    const { metrics, clock, limits, ids } = deps;
    const label = deps.modelLabel(provider.id, model);
    metrics.add(METRICS.attempts, 1, [provider.id, label, outcome]);
    if (usage === null) return;
    const at = clock.now();
    const cost = deps.price(provider.id, model, usage, at);
    if (cost === null) metrics.add(METRICS.unpriced, 1, [provider.id, label]);
    else metrics.add(METRICS.cost, cost / 1e9, [provider.id, label]);
    metrics.add(METRICS.tokens, usage.input + usage.cacheRead, [provider.id, label, 'input']);
    const { tenant, keyId } = principal;
    const of = { id: ids.next(), requestId, tenant, keyId, provider: provider.id, model, tags: [] };
    hold(enter(limits, { ...of, at, isAttempt: true, usage, cost, saved: 0 }));
  }
}

function callFor(model: string, input: string): Call {
  const json = { model, input };
  const text = JSON.stringify(json);
  const body = { json, text, bytes: encoder.encode(text) };
  return { endpoint: 'embeddings', dialect: 'openai-embeddings', model, stream: false, body };
}

/** The label of what went wrong: a closed set, since there are few statuses. */
function nameOf(fault: unknown): string {
  if (fault instanceof GatewayError) return fault.code;
  return fault instanceof Error && /^upstream_\d{3}$/.test(fault.message) ? fault.message : 'upstream_failed';
}

interface Read {
  readonly usage: Usage | null;
  readonly vector: Float32Array | null;
}

const NO_VECTOR: Read = { usage: null, vector: null };

interface Asked {
  readonly request: Omit<UpstreamRequest, 'signal'>;
  readonly read: (reply: JsonObject) => Read;
}

/** In OpenAI's dialect, else in Gemini's. */
function asked(call: Call, target: Target): Asked {
  const { provider } = target;
  const url = endpointUrl(provider, 'embeddings');
  const own = { provider, client: NO_HEADERS, clientCredential: null, apiKey: provider.apiKey };
  if (url === null) {
    const { request, translation } = translateEmbeddings(call, target, {
      dropUnsupported: true,
      requestId: '',
    });
    const headers = translatedHeaders(own);
    return {
      request: { method: 'POST', url: provider.baseUrl + request.path, headers, body: request.body },
      read(reply) {
        try {
          const { usage, json } = translation.readAnswer(reply, '');
          return { usage, vector: vectorIn(json()) };
        } catch {
          return NO_VECTOR;
        }
      },
    };
  }
  const { body, convert } = identityBody(call, target);
  const headers = requestHeaders({ ...own, contentType: 'application/json' });
  return {
    request: { method: 'POST', url, headers, body },
    read: (reply) => ({
      usage: usageFromReply('openai-embeddings', reply),
      vector: vectorIn(convert === null ? reply : convert(reply)),
    }),
  };
}

function vectorIn({ data }: JsonObject): Float32Array | null {
  const values = objectsIn(data)[0]?.embedding;
  return Array.isArray(values) ? unitVector(values) : null;
}
