import { METRICS } from '../account/instruments.ts';
import type { Entry } from '../cache/entry.ts';
import type { Tier } from '../cache/tiers.ts';
import type { SemanticConfig } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Target } from '../domain/provider.ts';
import type { GatewayDeps } from '../ports/index.ts';
import { withDeadline } from '../resilience/deadline.ts';
import { createPatientEmbed } from '../semantic/embed.ts';
import { FACTS_VERSION, type Neighbours, neighboursOf, writeFacts } from '../semantic/neighbours.ts';
import type { Asked } from './asked.ts';
import type { Embedder } from './embedder.ts';
import type { Look } from './look.ts';
import { type Question, readQuestion } from './question.ts';

export interface SemanticDeps extends Pick<GatewayDeps, 'clock' | 'metrics' | 'sha256' | 'vectors'> {
  readonly config: SemanticConfig;
  /** The embedding model. */
  readonly target: Target;
  readonly embedder: Embedder;
  readonly look: Look;
  /** False where what one request has begun may not be used by another (workerd's request contexts). */
  readonly sharesFlights: boolean;
}

export interface Meant {
  /** Null: nothing that means the same was answered, or it is only counted. */
  readonly answer: Answer | null;
  /** To be called once the call's own answer is kept. Null: there is nothing to remember. Never rejects. */
  readonly remember: (() => Promise<void>) | null;
}

/**
 * Answers a call that has no answer of its own with that of one that means the same. It takes no longer than the configured
 * time and never rejects.
 * @param serve makes the answer of an entry; null: it cannot be had in the form that is asked for.
 */
export type Semantic = (asked: Asked, serve: (entry: Entry, tier: Tier) => Answer | null) => Promise<Meant>;

type Result = 'would_hit' | 'hit' | 'guarded' | 'miss' | 'failed' | 'ineligible';

interface Found {
  readonly entry: Entry;
  readonly tier: Tier;
  readonly similarity: number;
}

/** What is known of a question so far. */
interface Compared extends Neighbours {
  readonly vector: Float32Array;
}

export const NOTHING_MEANT: Meant = { answer: null, remember: null };

export function createSemantic(deps: SemanticDeps): Semantic {
  const { clock, metrics, vectors, look, config, target } = deps;
  const { mode, threshold, timeoutMs } = config;
  const patientEmbed = createPatientEmbed({ clock, timeoutMs });
  const { id, baseUrl } = target.provider;
  // Vectors of different models, and facts of different versions, do not compare.
  const mark = { embedding: `${id} ${baseUrl} ${target.model}`, facts: FACTS_VERSION };
  const underWay = new Map<string, Promise<Compared | null>>();

  return async function semantic(asked, serve) {
    const question = await readQuestion(asked, mark, deps.sha256);
    if (question === null) return ended('ineligible', NOTHING_MEANT);
    let compared: Compared | null = null;
    const search = async () => {
      compared = await comparedOnce(asked, question);
      return compared === null ? null : { compared, found: await foundIn(asked, compared) };
    };
    const done = await withDeadline(clock, timeoutMs, search(), () => new Error('too late')).catch(
      () => null,
    );
    const remember = rememberer(asked, question, compared);
    if (done === null) return ended('failed', { answer: null, remember });
    const { found } = done;
    if (found === null)
      return ended(isGuarded(done.compared) ? 'guarded' : 'miss', { answer: null, remember });
    if (mode === 'shadow') return ended('would_hit', { answer: null, remember });
    const answer = serve(found.entry, found.tier);
    if (answer === null) return ended('miss', { answer, remember });
    answer.headers['x-llm-edge-cache-similarity'] = found.similarity.toFixed(2);
    return ended('hit', { answer, remember: null });
  };

  function ended(result: Result, meant: Meant): Meant {
    metrics.add(METRICS.cacheSemantic, 1, [result]);
    return meant;
  }

  /** Equal calls at the same time need one vector. */
  function comparedOnce(asked: Asked, question: Question): Promise<Compared | null> {
    if (!deps.sharesFlights) return compare(asked, question);
    const name = `${asked.principal.tenant} ${asked.key}`;
    const known = underWay.get(name);
    if (known !== undefined) return known;
    const begun = compare(asked, question).finally(() => underWay.delete(name));
    underWay.set(name, begun);
    return begun;
  }

  async function compare({ principal, prepared }: Asked, question: Question): Promise<Compared | null> {
    const { life } = prepared;
    const { requestId } = life.record.incoming;
    const embed = deps.embedder({ principal, requestId, hold: (work) => life.hold(work) });
    const vector = await patientEmbed(embed, question.text);
    if (vector === null) return null;
    const { scope, facts } = question;
    const { tenant } = principal;
    return { vector, ...(await neighboursOf(vectors, { tenant, scope, vector, facts, threshold })) };
  }

  async function foundIn(asked: Asked, { passed }: Neighbours): Promise<Found | null> {
    for (const { key, similarity } of passed) {
      const kept = await look.everywhere({ ...asked, key });
      if (kept?.state === 'fresh' || kept?.state === 'refresh-early') return { ...kept, similarity };
    }
    return null;
  }

  function rememberer(asked: Asked, { scope, facts }: Question, compared: Compared | null) {
    if (compared === null || asked.directives.noStore) return null;
    const { vector } = compared;
    const { key, principal } = asked;
    return async function remember() {
      // Errors, and answers that are not whole, are not kept.
      const kept = await look.near(asked);
      if (kept === null) return;
      const leftMs = kept.entry.storedAt + kept.entry.ttlMs - clock.now();
      await vectors
        .add(principal.tenant, scope, { key, vector, facts: writeFacts(facts) }, leftMs)
        .catch(() => {});
    };
  }
}

function isGuarded({ passed, guarded }: Neighbours): boolean {
  return guarded && passed.length === 0;
}
