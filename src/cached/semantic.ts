import { METRICS } from '../account/instruments.ts';
import type { Tier } from '../cache/tiers.ts';
import type { SemanticConfig } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Entry } from '../domain/cache-entry.ts';
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

/** A question with its neighbours. */
interface Compared extends Question, Neighbours {
  readonly vector: Float32Array;
}

/** What comes of it where nothing was compared. */
type Unknown = 'failed' | 'ineligible';

export const NOTHING_MEANT: Meant = { answer: null, remember: null };

export function createSemantic(deps: SemanticDeps): Semantic {
  const { clock, metrics, vectors, look, config, target } = deps;
  const { threshold, timeoutMs } = config;
  const patientEmbed = createPatientEmbed({ clock, timeoutMs });
  const { id, baseUrl } = target.provider;
  // Vectors of different models, and facts of different versions, do not compare.
  const mark = { embedding: `${id} ${baseUrl} ${target.model}`, facts: FACTS_VERSION };
  const underWay = new Map<string, Promise<Compared | Unknown>>();

  return async function semantic(asked, serve) {
    const reached: { state: Compared | Unknown } = { state: 'failed' };
    const search = async () => {
      reached.state = await comparedOnce(asked);
      return typeof reached.state === 'string' ? null : foundIn(asked, reached.state);
    };
    const late = new Error('too late');
    const found = await withDeadline(clock, timeoutMs, search(), () => late).catch(() => late);
    const compared = reached.state;
    if (typeof compared === 'string') return ended(compared, NOTHING_MEANT);
    const remember = rememberer(asked, compared);
    if (found instanceof Error) return ended('failed', { answer: null, remember });
    if (found === null) return ended(isGuarded(compared) ? 'guarded' : 'miss', { answer: null, remember });
    if (asked.policy.semantic === 'shadow') return ended('would_hit', { answer: null, remember });
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
  function comparedOnce(asked: Asked): Promise<Compared | Unknown> {
    if (!deps.sharesFlights) return compare(asked);
    const name = `${asked.principal.tenant} ${asked.key}`;
    const known = underWay.get(name);
    if (known !== undefined) return known;
    const begun = compare(asked).finally(() => underWay.delete(name));
    underWay.set(name, begun);
    return begun;
  }

  async function compare(asked: Asked): Promise<Compared | Unknown> {
    const { principal, prepared } = asked;
    const { life } = prepared;
    const question = await readQuestion(asked, mark, deps.sha256);
    if (question === null) return 'ineligible';
    const { requestId } = life.record.incoming;
    const embed = deps.embedder({ principal, requestId, hold: (work) => life.hold(work) });
    const vector = await patientEmbed(embed, question.text);
    if (vector === null) return 'failed';
    const { tenant } = principal;
    const query = { tenant, scope: question.scope, vector, facts: question.facts, threshold };
    return { ...question, vector, ...(await neighboursOf(vectors, query)) };
  }

  async function foundIn(asked: Asked, { passed }: Neighbours): Promise<Found | null> {
    for (const { key, similarity } of passed) {
      const kept = await look.everywhere({ ...asked, key });
      if (kept?.state === 'fresh' || kept?.state === 'refresh-early') return { ...kept, similarity };
    }
    return null;
  }

  function rememberer(asked: Asked, { scope, facts, vector }: Compared) {
    if (asked.directives.noStore) return null;
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
