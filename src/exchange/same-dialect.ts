import { estimateInput, usageOfStream } from '../account/meter.ts';
import { createStreamReader, isUsageOnlyChunk } from '../account/stream-usage/stream-reader.ts';
import type { Answer } from '../domain/answer.ts';
import { brokenEvent } from '../edge/broken-event.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { notOfTheDialect, requireDialectReply } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { ResponsesWatch } from '../streams/responses-watch.ts';
import { createSseTap } from '../streams/sse-tap.ts';
import { usageFromReply } from '../usage/from-reply.ts';
import type { SameDialectAttempt } from './attempt.ts';
import type { Upstream } from './upstream.ts';

const decoder = new TextDecoder();

/**
 * The provider's answer as it comes, read on the way for what it used.
 * @throws GatewayError for whatever is no answer of the dialect.
 */
export async function sameDialect(upstream: Upstream, attempt: SameDialectAttempt): Promise<Answer> {
  const { life, target, call } = attempt;
  // Until an answer says otherwise, a call that went out is charged for what it sent.
  life.record.usage = estimateInput(call.body);
  const reply = await upstream.send(attempt, call.stream);
  const kind = requireDialectReply(reply, target.provider);
  if (kind === 'event-stream' && reply.status < 400) return streamAnswer(upstream, attempt, reply);
  return jsonAnswer(upstream, attempt, reply);
}

async function jsonAnswer(
  upstream: Upstream,
  attempt: SameDialectAttempt,
  reply: UpstreamReply,
): Promise<Answer> {
  const { life, target, call } = attempt;
  const bytes = await upstream.collect(attempt, reply);
  const json = parseObject(decoder.decode(bytes));
  if (json === null) {
    upstream.free(life);
    throw notOfTheDialect(reply, target.provider);
  }
  if (reply.status >= 400 || call.endpoint === 'count_tokens') upstream.free(life);
  else {
    if (call.endpoint === 'responses' && typeof json.id === 'string') await attempt.onObject(json.id);
    upstream.charge(life, target, usageFromReply(call.dialect, json) ?? estimateInput(call.body));
  }
  const convert = reply.status >= 400 ? null : attempt.convert;
  const body = convert === null ? bytes : JSON.stringify(convert(json));
  const answer = upstream.whole(attempt, reply, body);
  answer.headers['content-type'] = jsonType(answer.headers['content-type']);
  return answer;
}

/** The type as the provider named it; refusals may come by another name or none. */
function jsonType(type = ''): string {
  return /\bjson\b/i.test(type) ? type : 'application/json';
}

function streamAnswer(upstream: Upstream, attempt: SameDialectAttempt, reply: UpstreamReply): Answer {
  const { life, call, target, usageInjected } = attempt;
  const reader = createStreamReader(call.dialect);
  const watch = new ResponsesWatch(reader, (id) => life.hold(attempt.onObject(id)));
  const { requestId } = life.record.incoming;
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
    ...upstream.streamEnds(attempt, () => upstream.charge(life, target, usageOfStream(reader, call.body))),
  });
  return upstream.relayed(attempt, reply, reply.stream(tap));
}
