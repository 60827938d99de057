import { estimateInput } from '../account/meter.ts';
import type { Answer } from '../domain/answer.ts';
import type { JsonObject } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { judgeStatus, notOfTheDialect, requireDialectReply } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { type ProviderError, UncarriedAnswer } from '../translate/hub/reply.ts';
import { TranslatingTap, type TranslatingTapOptions } from '../translate/tap.ts';
import type { TranslatedAnswer } from '../translate/translation.ts';
import type { TranslatedAttempt } from './attempt.ts';
import type { Upstream } from './upstream.ts';

const decoder = new TextDecoder();
const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/**
 * The provider's answer in the client's dialect.
 * @throws GatewayError for whatever is no answer of the provider's dialect.
 */
export async function translated(upstream: Upstream, attempt: TranslatedAttempt): Promise<Answer> {
  const { life, target, call } = attempt;
  life.record.usage = estimateInput(call.body);
  const reply = await upstream.send(attempt, call.stream);
  const kind = requireDialectReply(reply, target.provider);
  const { createStream } = attempt.translation;
  if (kind === 'event-stream' && reply.status < 400 && createStream !== null) {
    return streamAnswer(upstream, attempt, reply, createStream());
  }
  const text = decoder.decode(await upstream.collect(attempt, reply));
  const json = readBody(text);
  if (json === null) {
    upstream.free(life);
    throw notOfTheDialect(reply, target.provider);
  }
  return reply.status >= 400
    ? refusal(upstream, attempt, reply, json)
    : jsonAnswer(upstream, attempt, reply, readAnswer(upstream, attempt, reply, json, text));
}

/** Google tells some errors in a list of one. */
function readBody(text: string): JsonObject | null {
  const body = text.trim();
  return parseObject(body.startsWith('[') ? body.slice(1, -1) : body);
}

function refusal(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  reply: UpstreamReply,
  json: JsonObject,
): Answer {
  const { life, target, translation, clientCredential } = attempt;
  upstream.free(life);
  const error = translation.readRefusal(reply.status, json);
  // Google calls a wrong key a bad request.
  judgeStatus(error.status, { provider: target.provider, clientCredential });
  const answer = upstream.whole(attempt, reply, JSON.stringify(translation.writeRefusal(error)));
  if (error.retryAfter !== undefined) answer.headers['retry-after'] ??= String(error.retryAfter);
  return withType({ ...answer, status: error.status }, 'application/json');
}

function jsonAnswer(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  reply: UpstreamReply,
  answer: TranslatedAnswer,
): Answer {
  const { life, target, call } = attempt;
  upstream.charge(life, target, answer.usage ?? estimateInput(call.body));
  if (!call.stream)
    return withType(upstream.whole(attempt, reply, JSON.stringify(answer.json())), 'application/json');
  // Some providers answer a call for a stream in one piece.
  const events = upstream.relayed(attempt, reply, answer.events());
  life.finish();
  return withType(events, EVENT_STREAM);
}

function readAnswer(
  upstream: Upstream,
  { life, target, call, translation }: TranslatedAttempt,
  reply: UpstreamReply,
  json: JsonObject,
  text: string,
): TranslatedAnswer {
  try {
    return translation.readAnswer(json, text);
  } catch (fault) {
    if (fault instanceof UncarriedAnswer) {
      upstream.charge(life, target, fault.usage ?? estimateInput(call.body));
      throw new GatewayError('not_implemented', fault.message);
    }
    upstream.free(life);
    throw notOfTheDialect(reply, target.provider);
  }
}

function streamAnswer(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  reply: UpstreamReply,
  stream: Pick<TranslatingTapOptions, 'reader' | 'writer'>,
): Answer {
  const { life, call, target } = attempt;
  const tap: TranslatingTap = new TranslatingTap({
    ...stream,
    broken: (fault) => providerError(faultError(fault, target.provider, life.scope.signal)),
    ...upstream.streamEnds(attempt, () => upstream.charge(life, target, tap.usage(estimateInput(call.body)))),
  });
  return withType(upstream.relayed(attempt, reply, reply.stream(tap)), 'text/event-stream; charset=utf-8');
}

function providerError({ status, code, message, param }: GatewayError): ProviderError {
  return { status, type: code, code, message, param };
}

function withType(answer: Answer, type: string): Answer {
  answer.headers['content-type'] = type;
  return answer;
}
