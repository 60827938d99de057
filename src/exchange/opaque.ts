import type { Answer } from '../domain/answer.ts';
import { parseObject } from '../json.ts';
import { createOpaqueTap } from '../streams/opaque-tap.ts';
import type { Attempt } from './attempt.ts';
import type { Upstream } from './upstream.ts';

const decoder = new TextDecoder();

/**
 * Any answer, passed on as it comes.
 * @param onObject told the id of an object that the provider made; null: none is expected.
 * @throws GatewayError
 */
export async function opaque(
  upstream: Upstream,
  attempt: Attempt,
  onObject: ((id: string) => Promise<void>) | null,
): Promise<Answer> {
  const tried = upstream.begin(attempt, null);
  const reply = await upstream.send(attempt, tried, false);
  const isJson = /\bjson\b/i.test(reply.headers.get('content-type') ?? '');
  if (onObject === null || !isJson || reply.status >= 400) {
    if (reply.status >= 400) attempt.life.record.error = `upstream_${reply.status}`;
    const tap = createOpaqueTap(upstream.streamEnds(attempt, tried, () => {}));
    return upstream.relayed(attempt, tried, reply, reply.stream(tap));
  }
  const bytes = await upstream.collect(attempt, tried, reply);
  const id = parseObject(decoder.decode(bytes))?.id;
  if (typeof id === 'string') await onObject(id);
  return upstream.whole(attempt, tried, reply, bytes);
}
