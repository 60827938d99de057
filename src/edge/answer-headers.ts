import type { CallRecord } from '../domain/record.ts';

/** The headers by which the gateway says what it did, on every answer, errors too. */
export function answerHeaders(record: CallRecord, now: number): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': record.incoming.requestId,
    'x-llm-edge-cache': record.cache,
    'x-llm-edge-attempts': String(record.tries.length),
    'server-timing': serverTiming(record, now),
  };
  if (record.incoming.errorDialect === 'anthropic') headers['request-id'] = record.incoming.requestId;
  if (record.target !== null) {
    headers['x-llm-edge-provider'] = record.target.provider.id;
    if (record.target.model !== '') headers['x-llm-edge-model'] = headerSafe(record.target.model);
  }
  return headers;
}

/** https://www.w3.org/TR/server-timing/ ; milliseconds. What is between the attempts is the providers' as well. */
function serverTiming({ incoming, tries, answered }: CallRecord, now: number): string {
  const [first] = tries;
  const last = answered ?? tries.at(-1);
  const upstream = first === undefined ? 0 : (last?.endedAt ?? last?.headersAt ?? now) - first.sentAt;
  const gateway = now - incoming.startedAt - upstream;
  return `gateway;dur=${gateway.toFixed(2)}, upstream;dur=${upstream.toFixed(2)}`;
}

/** A model name is the client's text: keep it from ending the header or leaving its character set (RFC 9110 section 5.5). */
function headerSafe(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
