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

/**
 * All of a call's identity but its body, as canonical JSON: a list of texts is that as it is, while of an object all would
 * have to be sorted for each call.
 */
export function surroundings(identity: Omit<CallIdentity, 'body'>): string {
  const { tenant, namespace, dialect, endpoint, provider, model, query, headers } = identity;
  const sent = ANSWER_HEADERS.map((name) => headers.get(name));
  return JSON.stringify([KEY_VERSION, tenant, namespace, dialect, endpoint, provider, model, query, sent]);
}

/**
 * SHA-256 in lower-case hex over the canonical JSON of a call's identity. Null: its body nests too deep to have one.
 * @param around the `surroundings` of the call
 */
export async function cacheKey(
  { dialect, body }: Pick<CallIdentity, 'dialect' | 'body'>,
  around: string,
  sha256: Sha256,
): Promise<string | null> {
  const leftOut = LEFT_OUT[dialect];
  const said = canonicalJson(body, (name) => name === 'model' || Object.hasOwn(leftOut, name));
  return said === null ? null : sha256(`[${around},${said}]`);
}
