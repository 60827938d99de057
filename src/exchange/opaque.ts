import type { JsonObject } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { parseObject } from '../json.ts';
import { createOpaqueTap } from '../streams/opaque-tap.ts';
import type { Attempt } from './attempt.ts';
import { classOfRefusal } from './classify.ts';
import type { Given } from './given.ts';
import { StreamRun } from './stream-run.ts';
import { headOf, type Upstream, whole } from './upstream.ts';

const decoder = new TextDecoder();
/** A refusal of which only the status is known. */
const UNREAD = { type: '', code: null, message: '', param: null };

/** What of a JSON answer is of interest, which passes as it comes all the same. */
export interface OpaqueReading {
  /** Told the id of an object that the provider made. */
  readonly onObject: (id: string) => Promise<void>;
  /** What it used; null: nobody can tell. */
  readonly usage: (json: JsonObject) => Usage | null;
}

/** Any answer, passed on as it comes. @throws GatewayError */
export async function opaque(
  upstream: Upstream,
  attempt: Attempt,
  reading: OpaqueReading | null,
): Promise<Given> {
  const tried = upstream.begin(attempt, null);
  const reply = await upstream.send(attempt, tried);
  const isJson = /\bjson\b/i.test(reply.headers.get('content-type') ?? '');
  if (reading === null || !isJson || reply.status >= 400) {
    const { status } = reply;
    const refusal = () => (status < 400 ? null : classOfRefusal({ ...UNREAD, status }, attempt));
    const run = new StreamRun({ tried, idleMs: attempt.context.idleMs, usage: () => null, refusal });
    const body = reply.stream(createOpaqueTap(run));
    return {
      ...headOf(attempt, tried, reply),
      body,
      streamed: true,
      accept: (onOver) => run.accept(onOver),
    };
  }
  const bytes = await upstream.collect(attempt, tried, reply);
  const json = parseObject(decoder.decode(bytes)) ?? {};
  if (typeof json.id === 'string') await reading.onObject(json.id);
  const used = reading.usage(json);
  if (used !== null) tried.charge(used);
  tried.end('ok');
  return whole(attempt, tried, reply, bytes);
}
