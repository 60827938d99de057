import type { HeaderReader, JsonObject } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import type { Sha256 } from '../ports/hash.ts';
import { canonicalJson } from './canonical.ts';
import { LEFT_OUT } from './left-out.ts';

/** Counts what keys are made of: a change of it leaves all older entries behind. */
const KEY_VERSION = 2;

/** Headers that reach the provider and change what it answers. */
const ANSWER_HEADERS = ['anthropic-version', 'anthropic-beta', 'openai-beta'] as const;

/** All that makes a call the one it is. Two calls with equal parts may get the same answer. */
export interface CallIdentity {
  readonly tenant: string;
  /** `x-llm-edge-cache-namespace`; null: the tenant's own. */
  readonly namespace: string | null;
  readonly dialect: Dialect;
  readonly endpoint: Endpoint;
  /** Who answers, or the route that chooses: whatever stands for it in the configuration. */
  readonly provider: string;
  /** The model as that provider knows it. What the client called it is left out of the body. */
  readonly model: string;
  /** With its question mark, empty without a query. */
  readonly query: string;
  readonly headers: HeaderReader;
  readonly body: JsonObject;
}

/** SHA-256 in lower-case hex over the canonical JSON of a call's identity. Null: its body nests too deep to have one. */
export async function cacheKey(identity: CallIdentity, sha256: Sha256): Promise<string | null> {
  const { tenant, namespace, dialect, endpoint, provider, model, query, headers, body } = identity;
  const leftOut = LEFT_OUT[dialect];
  const said = canonicalJson(body, (name) => name === 'model' || Object.hasOwn(leftOut, name));
  if (said === null) return null;
  const sent = ANSWER_HEADERS.map((name) => headers.get(name));
  // A list of texts is canonical as it is; as an object, all of it would be sorted for each call.
  const by = JSON.stringify([
    KEY_VERSION,
    tenant,
    namespace,
    dialect,
    endpoint,
    provider,
    model,
    query,
    sent,
  ]);
  return sha256(`[${by},${said}]`);
}
