import { joinBytes } from '../bytes.ts';
import type { Recording } from '../cache/broadcast.ts';
import { chunkLengths } from '../cache/chunks.ts';
import { isCompleteReply, isCompleteStream } from '../cache/complete.ts';
import type { Directives } from '../cache/directives.ts';
import { jitteredTtlMs, storeTtlMs } from '../cache/freshness.ts';
import type { Tiers } from '../cache/tiers.ts';
import type { Prepared } from '../dispatch.ts';
import type { Entry } from '../domain/cache-entry.ts';
import type { CachePolicy } from '../domain/cache-policy.ts';
import type { Principal } from '../domain/principal.ts';
import { readTags } from '../edge/tags.ts';
import type { Clock } from '../ports/clock.ts';
import type { Head } from './head.ts';

export interface KeepSettings {
  /** The longest that the first tier keeps what the second has; null: there is no second tier. */
  readonly nearMs: number | null;
}

/** An answer that may be worth keeping. */
export interface Keepable {
  readonly principal: Pick<Principal, 'tenant'>;
  readonly prepared: Prepared;
  readonly key: string;
  readonly policy: CachePolicy;
  readonly directives: Pick<Directives, 'noStore' | 'ttlMs' | 'namespace'>;
  readonly head: Head;
}

export interface Keep {
  whole(kept: Keepable, body: Uint8Array | string): Promise<void>;
  stream(kept: Keepable, recording: Recording): Promise<void>;
}

/** The largest part of its life that an entry may lose, so that what was kept together does not end together. */
const JITTER = 0.1;

export function createKeep({
  clock,
  tiers,
  settings,
}: {
  readonly clock: Clock;
  readonly tiers: Tiers;
  readonly settings: KeepSettings;
}): Keep {
  return {
    async whole(kept, body) {
      const { life, call } = kept.prepared;
      const reply = life.record.answered?.reply ?? null;
      if (!isWanted(kept) || reply === null) return;
      if (!isCompleteReply(call.dialect, reply, kept.policy.keep)) return;
      // A copy: what came in pieces of a larger buffer would keep all of that.
      await store(kept, 'json', typeof body === 'string' ? body : new Uint8Array(body), []);
    },
    async stream(kept, recording) {
      if (!isWanted(kept)) return;
      if (!isCompleteStream(kept.prepared.call.dialect, recording, kept.policy.keep)) return;
      await store(kept, 'event-stream', joinBytes(recording.chunks), chunkLengths(recording.chunks));
    },
  };

  function isWanted({ directives, head }: Keepable): boolean {
    return !directives.noStore && head.status === 200;
  }

  async function store(
    { principal, prepared, key, directives, policy, head }: Keepable,
    kind: Entry['kind'],
    body: Entry['body'],
    chunks: readonly number[],
  ): Promise<void> {
    const { life, call } = prepared;
    const { answered, incoming } = life.record;
    // What several gave together is nobody’s answer to the call.
    if (answered === null || life.record.continued) return;
    const { target, usage, cost, sentAt, endedAt } = answered;
    const { nearMs } = settings;
    const ttlMs = directives.ttlMs ?? jitteredTtlMs(policy.ttlMs, key, JITTER);
    const entry: Entry = {
      // As old as the request (RFC 9111 section 4.2.3), so that a purge reaches what is under way.
      storedAt: clock.now() - Math.round(life.now - incoming.startedAt),
      ttlMs,
      tookMs: Math.max(0, (endedAt ?? life.now) - sentAt),
      dialect: call.dialect,
      kind,
      contentType: head.headers['content-type'] ?? 'application/json',
      provider: target.provider.id,
      model: target.model,
      usage,
      cost,
      tags: readTags(incoming.headers.get('x-llm-edge-tags')),
      dropped: head.headers['x-llm-edge-dropped'] ?? '',
      chunks,
      body,
    };
    const keptMs = storeTtlMs(ttlMs, policy);
    // In front of a second tier, the first is only a shorter way to it.
    const lifetimes = { l1Ms: nearMs === null ? keptMs : Math.min(keptMs, nearMs), l2Ms: keptMs };
    const written = tiers.store(principal.tenant, key, entry, lifetimes);
    if (written !== null) await life.timed('cache set', () => written);
  }
}
