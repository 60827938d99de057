import { type ByteBudget, MediaFault } from '../../ports/media.ts';

const TYPES = /^(?:image\/[a-z0-9.+-]+|application\/pdf|text\/plain)$/;

/** What to ask a server for. Some (Wikimedia's) refuse who gives no name. */
export const MEDIA_REQUEST_HEADERS = {
  accept: 'image/*, application/pdf, text/plain',
  'user-agent': 'llm-edge-agent',
} as const;

/** The head of an answer; a header that is not there is null. */
export interface MediaAnswer {
  readonly host: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly contentLength: string | null;
}

/**
 * The media type of an answer whose body is worth reading.
 * @throws MediaFault `redirect`, `bad_status`, `wrong_type` or `too_large`
 */
export function judgeAnswer(answer: MediaAnswer, budget: ByteBudget): string {
  const { host, status } = answer;
  if (status >= 300 && status <= 399) throw new MediaFault('redirect', `${host} redirects (${status})`);
  if (status !== 200) throw new MediaFault('bad_status', `${host} answered ${status}`);
  const mediaType = answer.contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.test(mediaType)) throw new MediaFault('wrong_type', `${host} sent "${mediaType.slice(0, 100)}"`);
  if (Number(answer.contentLength ?? 0) > budget.left) throw tooLarge(budget);
  return mediaType;
}

/**
 * A body's chunks. Leaving it by a fault closes the connection.
 * @throws MediaFault `too_large` as soon as the budget is spent, whatever length was promised.
 */
export async function takeChunks(
  body: AsyncIterable<Uint8Array>,
  budget: ByteBudget,
): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    if (chunk.byteLength > budget.left) throw tooLarge(budget);
    budget.left -= chunk.byteLength;
    chunks.push(chunk);
  }
  return chunks;
}

/** What a broken fetch means: the caller's leaving and the time go before what they bring about. */
export function toMediaFault(cause: unknown, host: string, gone: AbortSignal, late: AbortSignal): MediaFault {
  if (gone.aborted) return new MediaFault('aborted', 'the caller gave up', { cause });
  if (cause instanceof MediaFault) return cause;
  if (late.aborted) return new MediaFault('timeout', `${host} took too long`, { cause });
  return new MediaFault('unreachable', `${host}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

function tooLarge({ left }: ByteBudget): MediaFault {
  return new MediaFault('too_large', `more than the ${left} bytes that were left`);
}
