import type { HeaderReader, JsonObject } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import type { Sha256 } from '../ports/hash.ts';
import { canonicalJson } from './canonical.ts';
import { LEFT_OUT } from './left-out.ts';

/** Counts what keys are made of: a change of it leaves all older entries behind. */
const KEY_VERSION = 1;

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
  const { headers, body, ...names } = identity;
  const text = canonicalJson({
    v: KEY_VERSION,
    ...names,
    headers: ANSWER_HEADERS.map((name) => headers.get(name)),
    body: withoutLeftOut(identity.dialect, body),
  });
  return text === null ? null : sha256(text);
}

function withoutLeftOut(dialect: Dialect, body: JsonObject): JsonObject {
  const leftOut = LEFT_OUT[dialect];
  // A body may have a member `__proto__`, which only an object without a prototype takes for one like any other.
  const kept: JsonObject = Object.create(null);
  for (const name of Object.keys(body)) {
    if (name !== 'model' && !Object.hasOwn(leftOut, name)) kept[name] = body[name];
  }
  return kept;
}
