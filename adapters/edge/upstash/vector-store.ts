import type { JsonObject, JsonValue } from '../../../src/domain/call.ts';
import { asObject, numberOf, objectsIn, textOf } from '../../../src/json.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { StoreFault } from '../../../src/ports/store-fault.ts';
import type { Near, VectorStore } from '../../../src/ports/vector-store.ts';
import { createGuard } from '../../guard.ts';
import { escapePart } from '../../key-part.ts';

export interface UpstashVectorStoreOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each operation. */
  readonly deadlineMs?: number;
  /** From 0 to 1, without 1. */
  readonly random?: () => number;
}

/** The service is one thing, however many machines it is made of. */
const SHARD = 'upstash';
/** What ended is not found any more, but stays until it is swept, which reads all of a tenant's vectors: so often somebody does. */
const ADDED_PER_SWEEP = 256;
/** Rounding of 32-bit floats must not push equal vectors apart. */
const ROUNDING = 1e-6;

/**
 * Vectors in Upstash Vector over its REST API (https://upstash.com/docs/vector/api/endpoints), in an index whose metric is
 * cosine and whose dimensions are the embedding model's. A tenant is a namespace; scopes are told apart by metadata.
 */
export function createUpstashVectorStore({
  url,
  token,
  clock,
  logger,
  deadlineMs = 150,
  random = Math.random,
}: UpstashVectorStoreOptions): VectorStore {
  const guard = createGuard({
    clock,
    logger,
    name: 'Upstash Vector',
    deadlineMs,
    toFault,
    // Every call costs a way over the network, also one that is refused.
    isWell: () => false,
  });

  function ask(method: string, operation: string, tenant: string, body: JsonObject): Promise<JsonValue> {
    const path = `${operation}/${encodeURIComponent(`le-${escapePart(tenant)}`)}`;
    return guard.run(SHARD, async () => {
      const answer = await fetch(`${url.replace(/\/+$/, '')}/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(deadlineMs),
      });
      const reply = asObject((await answer.json()) as JsonValue);
      if (!answer.ok || reply?.result === undefined) throw refused(answer.status);
      return reply.result;
    });
  }

  return {
    async search(tenant, scope, { vector, threshold, count }) {
      const filter = `scope = '${escapePart(scope)}' AND ends > ${clock.now()}`;
      const query = { vector: [...vector], topK: count, includeMetadata: true, filter };
      const found = await ask('POST', 'query', tenant, query).catch(noneOfOtherDimensions);
      return objectsIn(found)
        .flatMap(toNear)
        .filter((near) => near.similarity >= threshold - ROUNDING);
    },
    async add(tenant, scope, { key, vector, facts }, ttlMs) {
      const id = `${escapePart(scope)}:${escapePart(key)}`;
      if (!(ttlMs > 0)) {
        await ask('DELETE', 'delete', tenant, { ids: [id] });
        return;
      }
      const now = clock.now();
      const metadata = { scope: escapePart(scope), key, facts, ends: Math.floor(now + ttlMs) };
      await ask('POST', 'upsert', tenant, { id, vector: [...vector], metadata });
      // By chance, since isolates are many and know nothing of each other.
      if (random() * ADDED_PER_SWEEP < 1) await ask('DELETE', 'delete', tenant, { filter: `ends <= ${now}` });
    },
  };
}

/** The score of a cosine index is `(1 + cosine) / 2`. */
function toNear({ score, metadata }: JsonObject): Near[] {
  const known = asObject(metadata);
  const number = numberOf(score);
  if (known === null || number === null || typeof known.key !== 'string') return [];
  return [{ key: known.key, facts: textOf(known.facts), similarity: Math.min(1, 2 * number - 1) }];
}

const UNPROCESSABLE = 422;

function refused(status: number): StoreFault {
  return new StoreFault('refused', `Upstash Vector: status ${status}`);
}

/** An index has one number of dimensions, and says so to a vector of another. */
function noneOfOtherDimensions(fault: unknown): JsonValue {
  if (fault instanceof StoreFault && fault.message === refused(UNPROCESSABLE).message) return [];
  throw fault;
}

/** Without the message of what was thrown, which may repeat what was sent. */
function toFault(error: unknown): StoreFault {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new StoreFault('timeout', 'Upstash Vector: the request was aborted');
  return new StoreFault('unavailable', `Upstash Vector: ${error instanceof Error ? error.name : 'no Error'}`);
}
