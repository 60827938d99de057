import type { Clock } from '../../ports/clock.ts';
import { ApiError } from './errors.ts';
import type { SandboxIds } from './ids.ts';
import type { ResponsesJob } from './responses.ts';

const MAX_RESPONSES = 200;
/** Characters of all that is kept: the oldest go first, and what alone is larger is not kept at all. */
const MAX_CHARS = 4_000_000;

interface Kept {
  /** JSON texts: their size is known, and nobody can change them. */
  readonly pending: string;
  readonly final: string;
  readonly cancelled: string;
  readonly items: string;
  /** Milliseconds of the monotonic clock at which the last token is out. */
  readonly readyAt: number;
  isCancelled: boolean;
}

/**
 * The responses of the last calls, by id. It knows no tenants: whoever lets many people at one sandbox has to
 * remember who made which id.
 */
export class ResponseStore {
  readonly #clock: Clock;
  readonly #ids: SandboxIds;
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  constructor(clock: Clock, ids: SandboxIds) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** `durationMs`: how long the model takes for it; until then the response is in progress. */
  keep({ rendering, items }: ResponsesJob, durationMs: number): void {
    const kept: Kept = {
      pending: JSON.stringify(rendering.snapshot('in_progress')),
      final: JSON.stringify(rendering.body()),
      cancelled: JSON.stringify(rendering.snapshot('cancelled')),
      items: JSON.stringify(items.map((item) => ({ id: this.#ids.next('item_'), ...item }))),
      readyAt: this.#clock.monotonic() + durationMs,
      isCancelled: false,
    };
    if (sizeOf(kept) > MAX_CHARS) return;
    this.#kept.set(rendering.id, kept);
    this.#chars += sizeOf(kept);
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= MAX_RESPONSES && this.#chars <= MAX_CHARS) return;
      this.delete(id);
    }
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** The response as JSON text, as it stands now. @throws ApiError 404 */
  get(id: string): string {
    const kept = this.#find(id);
    if (kept.isCancelled) return kept.cancelled;
    return this.#isReady(kept) ? kept.final : kept.pending;
  }

  /** Ends a response in progress; one that is finished stays as it is. @throws ApiError 404 */
  cancel(id: string): string {
    const kept = this.#find(id);
    if (!this.#isReady(kept)) kept.isCancelled = true;
    return this.get(id);
  }

  /** @throws ApiError 404 */
  delete(id: string): void {
    this.#chars -= sizeOf(this.#find(id));
    this.#kept.delete(id);
  }

  /** Newest first unless `order` is `asc`, as OpenAI has it; at most `limit`, those that follow `after`. @throws ApiError 404 */
  inputItems(
    id: string,
    { order, after, limit }: { order: string; after: string | null; limit: number },
  ): object {
    const parsed: { id: string }[] = JSON.parse(this.#find(id).items);
    const items = order === 'asc' ? parsed : parsed.reverse();
    const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1;
    const data = items.slice(start, start + limit);
    const has_more = start + limit < items.length;
    return {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more,
    };
  }

  #isReady({ readyAt }: Kept): boolean {
    return this.#clock.monotonic() >= readyAt;
  }

  #find(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    throw new ApiError(404, `Response with id '${id}' not found.`, { param: 'id' });
  }
}

function sizeOf({ pending, final, cancelled, items }: Kept): number {
  return pending.length + final.length + cancelled.length + items.length;
}
