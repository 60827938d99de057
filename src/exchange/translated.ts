import { estimateInput } from '../account/meter.ts';
import type { Answer } from '../domain/answer.ts';
import type { JsonObject } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { faultOfStatus, notOfTheDialect } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { type ProviderError, UncarriedAnswer } from '../translate/hub/reply.ts';
import { TranslatingTap, type TranslatingTapOptions } from '../translate/tap.ts';
import type { TranslatedAnswer } from '../translate/translation.ts';
import type { TranslatedAttempt } from './attempt.ts';
import type { Try } from './try.ts';
import type { Upstream } from './upstream.ts';

const decoder = new TextDecoder();
const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/**
 * The provider's answer in the client's dialect.
 * @throws GatewayError for whatever is no answer of the provider's dialect.
 */
export async function translated(upstream: Upstream, attempt: TranslatedAttempt): Promise<Answer> {
  const { target, call } = attempt;
  const tried = upstream.begin(attempt, estimateInput(call.body));
  const reply = await upstream.send(attempt, tried, call.stream);
  const kind = upstream.kindOf(attempt, tried, reply);
  const { createStream } = attempt.translation;
  if (kind === 'event-stream' && reply.status < 400 && createStream !== null) {
    return streamAnswer(upstream, attempt, tried, reply, createStream());
  }
  const text = decoder.decode(await upstream.collect(attempt, tried, reply));
  const json = readBody(text);
  if (json === null) throw tried.failed(notOfTheDialect(reply, target.provider));
  if (reply.status >= 400) return refusal(upstream, attempt, tried, reply, json);
  return jsonAnswer(upstream, attempt, tried, reply, readAnswer(attempt, tried, reply, json, text));
}

/** Google tells some errors in a list of one. */
function readBody(text: string): JsonObject | null {
  const body = text.trim();
  return parseObject(body.startsWith('[') ? body.slice(1, -1) : body);
}

function refusal(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  json: JsonObject,
): Answer {
  const { target, translation, clientCredential } = attempt;
  const error = translation.readRefusal(reply.status, json);
  // Google calls a wrong key a bad request.
  const fault = faultOfStatus(error.status, { provider: target.provider, clientCredential });
  if (fault !== null) throw tried.failed(fault);
  tried.free();
  const answer = upstream.whole(attempt, tried, reply, JSON.stringify(translation.writeRefusal(error)));
  if (error.retryAfter !== undefined) answer.headers['retry-after'] ??= String(error.retryAfter);
  return withType({ ...answer, status: error.status }, 'application/json');
}

function jsonAnswer(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  answer: TranslatedAnswer,
): Answer {
  const { life, call } = attempt;
  tried.charge(answer.usage ?? estimateInput(call.body));
  if (!call.stream)
    return withType(upstream.whole(attempt, tried, reply, JSON.stringify(answer.json())), 'application/json');
  // Some providers answer a call for a stream in one piece.
  const events = upstream.relayed(attempt, tried, reply, answer.events());
  tried.end('ok');
  life.finish();
  return withType(events, EVENT_STREAM);
}

/** @throws GatewayError for what was paid for and cannot be carried, or is no answer at all. */
function readAnswer(
  { target, call, translation }: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  json: JsonObject,
  text: string,
): TranslatedAnswer {
  try {
    return translation.readAnswer(json, text);
  } catch (fault) {
    if (!(fault instanceof UncarriedAnswer)) throw tried.failed(notOfTheDialect(reply, target.provider));
    const error = new GatewayError('not_implemented', fault.message);
    tried.charge(fault.usage ?? estimateInput(call.body));
    tried.end(error.code);
    throw error;
  }
}

function streamAnswer(
  upstream: Upstream,
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  stream: Pick<TranslatingTapOptions, 'reader' | 'writer'>,
): Answer {
  const { life, call, target } = attempt;
  const tap: TranslatingTap = new TranslatingTap({
    ...stream,
    broken: (fault) => providerError(faultError(fault, target.provider, life.scope.signal)),
    ...upstream.streamEnds(attempt, tried, () => tried.charge(used())),
  });
  const used = () => tap.usage(estimateInput(call.body));
  tried.measure(used);
  return withType(
    upstream.relayed(attempt, tried, reply, reply.stream(tap)),
    'text/event-stream; charset=utf-8',
  );
}

function providerError({ status, code, message, param }: GatewayError): ProviderError {
  return { status, type: code, code, message, param };
}

function withType(answer: Answer, type: string): Answer {
  answer.headers['content-type'] = type;
  return answer;
}
