import type { JsonObject } from '../../domain/call.ts';
import type { Fetch, UpstreamReply, UpstreamRequest } from '../../ports/fetch.ts';

/** What the tests of the sandbox share: requests as the gateway makes them, answers as values. */

const decoder = new TextDecoder();

/** One event of a stream; `data` is null for `[DONE]`. */
export interface SentEvent {
  readonly event: string | null;
  readonly data: JsonObject | null;
}

export function requestTo(path: string, body?: object | string, signal?: AbortSignal): UpstreamRequest {
  return {
    method: 'POST',
    url: `https://sandbox.invalid/v1${path}`,
    headers: { 'content-type': 'application/json' },
    body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    signal: signal ?? new AbortController().signal,
  };
}

export async function textOfReply(reply: UpstreamReply): Promise<string> {
  return decoder.decode(await reply.collect(64 * 1024 * 1024));
}

export async function jsonOfReply<T = JsonObject>(reply: UpstreamReply): Promise<T> {
  return JSON.parse(await textOfReply(reply)) as T;
}

/** @throws Error at anything but an `event:` line or none, one `data:` line and a blank line. */
export function parseEvents(text: string): SentEvent[] {
  return text.split('\n\n').slice(0, -1).map(parseEvent);
}

function parseEvent(block: string): SentEvent {
  const match = /^(?:event: ([\w.]+)\n)?data: (.+)$/.exec(block);
  if (match === null) throw new Error(`not an event: ${JSON.stringify(block)}`);
  const [, event = null, data = ''] = match;
  return { event, data: data === '[DONE]' ? null : (JSON.parse(data) as JsonObject) };
}

/** The sandbox as an SDK takes its `fetch`: URLs, headers, bodies, aborts and failures as over a network. */
export function asGlobalFetch(sandbox: Fetch): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const reply = await sandbox({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: body === '' ? null : body,
      signal: request.signal,
    });
    const headers = new Headers();
    reply.headers.forEach((value, name) => {
      headers.set(name, value);
    });
    return new Response(reply.stream(), { status: reply.status, headers });
  };
}
