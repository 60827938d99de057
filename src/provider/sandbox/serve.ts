import type { ErrorDialect } from '../../domain/dialect.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UpstreamReply, UpstreamRequest } from '../../ports/fetch.ts';
import { type Behaviour, behaviourOf, durationMs, PLAIN } from './behaviour.ts';
import { embeddings } from './embeddings.ts';
import { ApiError, errorBody } from './errors.ts';
import type { SandboxIds } from './ids.ts';
import type { PrepareJob } from './job.ts';
import { readCount } from './messages-request.ts';
import { inputTokens } from './model.ts';
import { playEvents, playText } from './play.ts';
import { readHead, readJson } from './read.ts';
import { createReply, type ReplyHead } from './reply.ts';
import { wait } from './wait.ts';

export interface ServeDeps {
  readonly clock: Clock;
  readonly ids: SandboxIds;
}

/** A call that is answered with text, whole or as a stream. */
export async function serveText(
  { clock, ids }: ServeDeps,
  request: UpstreamRequest,
  prepare: PrepareJob,
): Promise<UpstreamReply> {
  const json = readJson(request.body);
  const { model, stream } = readHead(json);
  const behaviour = behaviourOf(model, 'text');
  const job = prepare(json, { model, behaviour, ids });
  await failFirst(behaviour, stream, clock, request.signal);
  if (stream) {
    const head = headOf(200, 'text/event-stream; charset=utf-8', ids);
    return createReply(head, request.signal, (stop) => playEvents(job.rendering, behaviour, clock, stop));
  }
  const { acknowledgement } = job;
  if (acknowledgement !== null) return jsonReply({ clock, ids }, request, JSON.stringify(acknowledgement));
  await wait(clock, durationMs(behaviour, job.deltas), request.signal);
  return jsonReply({ clock, ids }, request, JSON.stringify(job.rendering.body()), behaviour);
}

export async function serveEmbeddings(
  { clock, ids }: ServeDeps,
  request: UpstreamRequest,
): Promise<UpstreamReply> {
  const json = readJson(request.body);
  const { model } = readHead(json);
  const behaviour = behaviourOf(model, 'embeddings');
  const body = embeddings(json, model);
  await failFirst(behaviour, false, clock, request.signal);
  await wait(clock, behaviour.firstMs, request.signal);
  return jsonReply({ clock, ids }, request, JSON.stringify(body), behaviour);
}

/** Anthropic's `count_tokens`. */
export async function serveCount(
  { clock, ids }: ServeDeps,
  request: UpstreamRequest,
): Promise<UpstreamReply> {
  const json = readJson(request.body);
  const behaviour = behaviourOf(readHead(json).model, 'text');
  const body = { input_tokens: inputTokens(readCount(json)) };
  await failFirst(behaviour, false, clock, request.signal);
  return jsonReply({ clock, ids }, request, JSON.stringify(body));
}

/** A JSON text with status 200. */
export function jsonReply(
  { clock, ids }: ServeDeps,
  request: UpstreamRequest,
  body: string,
  behaviour: Behaviour = PLAIN,
): UpstreamReply {
  const head = headOf(200, 'application/json', ids);
  return createReply(head, request.signal, (stop) => playText(body, behaviour, clock, stop));
}

export function errorReply(
  { clock, ids }: ServeDeps,
  request: UpstreamRequest,
  error: ApiError,
  dialect: ErrorDialect,
): UpstreamReply {
  const head = headOf(error.status, 'application/json', ids);
  const retryAfter = error.status === 429 ? { 'retry-after': '1' } : {};
  const body = errorBody(error, dialect, head.headers['request-id'] ?? '');
  const headers = { ...head.headers, ...retryAfter };
  return createReply({ ...head, headers }, request.signal, (stop) => playText(body, PLAIN, clock, stop));
}

/** OpenAI names a request in the first header, Anthropic in the second. */
function headOf(status: number, type: string, ids: SandboxIds): ReplyHead {
  const id = ids.next('req_');
  return { status, headers: { 'content-type': type, 'x-request-id': id, 'request-id': id } };
}

/** The faults that come before any answer. Without a stream there is no event to carry an error. */
async function failFirst(
  { fault }: Behaviour,
  stream: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (fault?.kind === 'hang') await wait(clock, Number.POSITIVE_INFINITY, signal);
  if (fault?.kind === 'status')
    throw new ApiError(fault.status, `The sandbox fails with ${fault.status}, as told.`);
  if (fault?.kind === 'error_event' && !stream) throw new ApiError(500, 'The sandbox failed, as told.');
}
