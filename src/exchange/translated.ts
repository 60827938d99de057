import { estimateInput } from '../account/meter.ts';
import type { JsonObject } from '../domain/call.ts';
import type { Outcome } from '../domain/outcome.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import type { UpstreamReply } from '../ports/fetch.ts';
import { faultOfStatus, notOfTheDialect } from '../provider/judge.ts';
import { faultError } from '../provider/send.ts';
import { type ProviderError, UncarriedAnswer } from '../translate/hub/reply.ts';
import { TranslatingTap, type TranslatingTapOptions } from '../translate/tap.ts';
import type { TranslatedAnswer } from '../translate/translation.ts';
import type { TranslatedAttempt } from './attempt.ts';
import type { Given } from './given.ts';
import { openStream } from './open-stream.ts';
import type { Try } from './try.ts';
import { type Upstream, whole, withHeaders } from './upstream.ts';

const decoder = new TextDecoder();
const NO_FACTS = { id: null, model: null, finishReasons: [] };
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

/**
 * The provider's answer in the client's dialect.
 * @throws GatewayError for whatever is no answer of the provider's dialect.
 */
export async function translated(upstream: Upstream, attempt: TranslatedAttempt): Promise<Outcome<Given>> {
  const { target, call } = attempt;
  const tried = upstream.begin(attempt, estimateInput(call.body));
  const reply = await upstream.send(attempt, tried, call.stream);
  const kind = upstream.kindOf(attempt, tried, reply);
  const { createStream } = attempt.translation;
  if (kind === 'event-stream' && reply.status < 400 && createStream !== null) {
    return streamAnswer(attempt, tried, reply, createStream());
  }
  const text = decoder.decode(await upstream.collect(attempt, tried, reply));
  const json = readBody(text);
  if (json === null) throw tried.failed(notOfTheDialect(reply, target.provider));
  if (reply.status >= 400) return refusal(upstream, attempt, tried, reply, json);
  return answered(attempt, tried, reply, readAnswer(attempt, tried, reply, json, text));
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
): Outcome<Given> {
  const { target, translation, clientCredential } = attempt;
  const error = translation.readRefusal(reply.status, json);
  // Google calls a wrong key a bad request.
  const fault = faultOfStatus(error.status, { provider: target.provider, clientCredential });
  if (fault !== null) throw tried.failed(fault);
  tried.free();
  const given = whole(attempt, tried, reply, JSON.stringify(translation.writeRefusal(error)));
  const isKnown = error.retryAfter === undefined || given.headers['retry-after'] !== undefined;
  const headers = isKnown ? JSON_TYPE : { ...JSON_TYPE, 'retry-after': String(error.retryAfter) };
  return upstream.refused(attempt, tried, reply, error, {
    ...withHeaders(given, headers),
    status: error.status,
  });
}

function answered(
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  answer: TranslatedAnswer,
): Outcome<Given> {
  const { call } = attempt;
  tried.tells(() => answer.facts);
  tried.charge(answer.usage ?? estimateInput(call.body));
  tried.end(answer.isFiltered ? 'content_filter' : 'ok');
  const given = asAsked(attempt, tried, reply, answer);
  if (!answer.isFiltered) return { ok: true, value: given };
  return { ok: false, failure: { class: 'content_filter', retryAfterMs: null, give: () => given } };
}

/** Some providers answer a call for a stream in one piece. */
function asAsked(
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  answer: TranslatedAnswer,
): Given {
  if (attempt.call.stream) {
    const events = withHeaders(whole(attempt, tried, reply, answer.events()), EVENT_STREAM);
    return { ...events, streamed: true };
  }
  const json = answer.json();
  tried.answers(json);
  return withHeaders(whole(attempt, tried, reply, JSON.stringify(json)), JSON_TYPE);
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

async function streamAnswer(
  attempt: TranslatedAttempt,
  tried: Try,
  reply: UpstreamReply,
  stream: Pick<TranslatingTapOptions, 'reader' | 'writer'>,
): Promise<Outcome<Given>> {
  const { call, target } = attempt;
  const broken = (fault: unknown) => providerError(faultError(fault, target.provider, tried.scope.signal));
  let tap: TranslatingTap | null = null;
  const outcome = await openStream({
    attempt,
    tried,
    reply,
    usage: () => tap?.usage(estimateInput(call.body)) ?? estimateInput(call.body),
    facts: () => tap?.facts() ?? NO_FACTS,
    makeTap(ends) {
      tap = new TranslatingTap({ ...stream, broken, ...ends });
      return tap;
    },
  });
  return inEvents(outcome);
}

function inEvents(outcome: Outcome<Given>): Outcome<Given> {
  if (outcome.ok) return { ...outcome, value: withHeaders(outcome.value, EVENT_STREAM) };
  const { failure } = outcome;
  return { ok: false, failure: { ...failure, give: () => withHeaders(failure.give(), EVENT_STREAM) } };
}

function providerError({ status, code, message, param }: GatewayError): ProviderError {
  return { status, type: code, code, message, param };
}
