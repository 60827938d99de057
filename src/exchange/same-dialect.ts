import { estimateInput, usageOfStream } from '../account/meter.ts';
import { createStreamReader, isUsageOnlyChunk } from '../account/stream-usage/stream-reader.ts';
import type { Answer } from '../domain/answer.ts';
import { brokenEvent } from '../edge/broken-event.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { notOfTheDialect } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { ResponsesWatch } from '../streams/responses-watch.ts';
import { createSseTap } from '../streams/sse-tap.ts';
import { usageFromReply } from '../usage/from-reply.ts';
import type { SameDialectAttempt } from './attempt.ts';
import type { Try } from './try.ts';
import type { Upstream } from './upstream.ts';

const decoder = new TextDecoder();

/**
 * The provider's answer as it comes, read on the way for what it used.
 * @throws GatewayError for whatever is no answer of the dialect.
 */
export async function sameDialect(upstream: Upstream, attempt: SameDialectAttempt): Promise<Answer> {
  const { call } = attempt;
  const tried = upstream.begin(attempt, estimateInput(call.body));
  const reply = await upstream.send(attempt, tried, call.stream);
  const kind = upstream.kindOf(attempt, tried, reply);
  if (kind === 'event-stream' && reply.status < 400) return streamAnswer(upstream, attempt, tried, reply);
  return jsonAnswer(upstream, attempt, tried, reply);
}

async function jsonAnswer(
  upstream: Upstream,
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
): Promise<Answer> {
  const { target, call } = attempt;
  const bytes = await upstream.collect(attempt, tried, reply);
  const json = parseObject(decoder.decode(bytes));
  if (json === null) throw tried.failed(notOfTheDialect(reply, target.provider));
  if (reply.status >= 400 || call.endpoint === 'count_tokens') tried.free();
  else {
    if (call.endpoint === 'responses' && typeof json.id === 'string') await attempt.onObject(json.id);
    tried.charge(usageFromReply(call.dialect, json) ?? estimateInput(call.body));
  }
  const convert = reply.status >= 400 ? null : attempt.convert;
  const body = convert === null ? bytes : JSON.stringify(convert(json));
  const answer = upstream.whole(attempt, tried, reply, body);
  answer.headers['content-type'] = jsonType(answer.headers['content-type']);
  return answer;
}

/** The type as the provider named it; refusals may come by another name or none. */
function jsonType(type = ''): string {
  return /\bjson\b/i.test(type) ? type : 'application/json';
}

function streamAnswer(
  upstream: Upstream,
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
): Answer {
  const { life, call, target, usageInjected } = attempt;
  const reader = createStreamReader(call.dialect);
  const watch = new ResponsesWatch(reader, (id) => life.hold(attempt.onObject(id)));
  const { requestId } = life.record.incoming;
  const used = () => usageOfStream(reader, call.body);
  tried.measure(used);
  const tap = createSseTap({
    reader: call.endpoint === 'responses' ? watch : reader,
    hide: usageInjected && !attempt.shared ? isUsageOnlyChunk : null,
    brokenEvent: (fault) =>
      brokenEvent(
        call.dialect,
        faultError(fault, target.provider, life.scope.signal),
        requestId,
        watch.events,
      ),
    ...upstream.streamEnds(attempt, tried, () => tried.charge(used())),
  });
  return upstream.relayed(attempt, tried, reply, reply.stream(tap));
}
