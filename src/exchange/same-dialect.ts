import { estimateInput, usageOfStream } from '../account/meter.ts';
import { createStreamReader, isUsageOnlyChunk } from '../account/stream-usage/stream-reader.ts';
import { asText } from '../bytes.ts';
import type { JsonObject } from '../domain/call.ts';
import type { Outcome } from '../domain/outcome.ts';
import { brokenEvent } from '../edge/broken-event.ts';
import { asObject, parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { replyFacts } from '../protocols/reply-facts.ts';
import { notOfTheDialect } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { ResponsesWatch } from '../streams/responses-watch.ts';
import { createSseTap } from '../streams/sse-tap.ts';
import { readRefusal, readToldFailure } from '../translate/told-failure.ts';
import { usageFromReply } from '../usage/from-reply.ts';
import type { SameDialectAttempt } from './attempt.ts';
import type { Given } from './given.ts';
import { openStream } from './open-stream.ts';
import type { Try } from './try.ts';
import { type Upstream, whole, withHeaders } from './upstream.ts';

const decoder = new TextDecoder();

/**
 * The provider's answer as it comes, read on the way for what it used.
 * @throws GatewayError for whatever is no answer of the dialect.
 */
export async function sameDialect(upstream: Upstream, attempt: SameDialectAttempt): Promise<Outcome<Given>> {
  const { call } = attempt;
  const tried = upstream.begin(attempt, estimateInput(call.body));
  const reply = await upstream.send(attempt, tried, call.stream);
  const kind = upstream.kindOf(attempt, tried, reply);
  if (kind === 'event-stream' && reply.status < 400) return streamAnswer(attempt, tried, reply);
  const body = asText(await upstream.collect(attempt, tried, reply));
  const json = parseObject(typeof body === 'string' ? body : decoder.decode(body));
  if (json === null) throw tried.failed(notOfTheDialect(reply, attempt.target.provider));
  if (reply.status < 400 && asObject(json.error) === null) {
    return { ok: true, value: await jsonAnswer(attempt, tried, reply, { json, body }) };
  }
  return refusal(upstream, attempt, tried, reply, { json, body });
}

interface Read {
  readonly json: JsonObject;
  /** As it came. */
  readonly body: Uint8Array | string;
}

/** A refusal, by its status or for all that its status says. */
function refusal(
  upstream: Upstream,
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
  { json, body }: Read,
): Outcome<Given> {
  const { dialect } = attempt.call;
  const { status } = reply;
  const used = status < 400 ? usageFromReply(dialect, json) : null;
  if (used === null) tried.free();
  else tried.charge(used);
  const error = status < 400 ? readToldFailure(dialect, json) : readRefusal(dialect, status, json);
  return upstream.refused(attempt, tried, reply, error, asJson(attempt, tried, reply, body));
}

async function jsonAnswer(
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
  { json, body }: Read,
): Promise<Given> {
  const { call, convert } = attempt;
  tried.tells(() => replyFacts(call.dialect, json));
  if (call.endpoint === 'count_tokens') tried.free();
  else {
    if (call.endpoint === 'responses' && typeof json.id === 'string') await attempt.onObject(json.id);
    tried.charge(usageFromReply(call.dialect, json) ?? estimateInput(call.body));
  }
  const said = convert === null ? json : convert(json);
  tried.answers(said);
  tried.end('ok');
  return asJson(attempt, tried, reply, convert === null ? body : JSON.stringify(said));
}

/** The type as the provider named it; refusals may come by another name or none. */
function asJson(
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
  body: Uint8Array | string,
): Given {
  const type = reply.headers.get('content-type') ?? '';
  const given = whole(attempt, tried, reply, body);
  return /\bjson\b/i.test(type) ? given : withHeaders(given, { 'content-type': 'application/json' });
}

function streamAnswer(
  attempt: SameDialectAttempt,
  tried: Try,
  reply: UpstreamReply,
): Promise<Outcome<Given>> {
  const { life, call, target, usageInjected } = attempt;
  const reader = createStreamReader(call.dialect);
  const watch = new ResponsesWatch(reader, (id) => life.hold(attempt.onObject(id)));
  const { requestId } = life.record.incoming;
  return openStream({
    attempt,
    tried,
    reply,
    usage: () => usageOfStream(reader, call.body),
    facts: () => reader.facts(),
    makeTap: (ends) =>
      createSseTap({
        reader: call.endpoint === 'responses' ? watch : reader,
        hide: usageInjected && !attempt.shared ? isUsageOnlyChunk : null,
        brokenEvent: (fault) =>
          brokenEvent(
            call.dialect,
            faultError(fault, target.provider, tried.scope.signal),
            requestId,
            watch.events,
          ),
        ...ends,
      }),
  });
}
