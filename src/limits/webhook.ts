import type { Clock } from '../ports/clock.ts';
import type { Fetch } from '../ports/fetch.ts';
import { pause } from '../resilience/backoff.ts';

export interface WebhookDeps {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly url: string;
  /** Null: what is sent is not signed. */
  readonly secret: string | null;
}

/** @throws Error when nobody took it, however often it was tried. */
export type PostWebhook = (event: Readonly<Record<string, string | number | null>>) => Promise<void>;

const TRIES = 6;
const FIRST_PAUSE_MS = 500;
const TIMEOUT_MS = 10_000;
const encoder = new TextEncoder();

/**
 * Posts an event as JSON until somebody answers with 2xx. `x-llm-edge-signature: t=SECONDS,v1=HEX` is an HMAC-SHA256 over
 * `SECONDS.BODY`, so that who receives it can tell its age and its sender.
 */
export function createWebhook({ fetch, clock, url, secret }: WebhookDeps): PostWebhook {
  async function send(body: string): Promise<number> {
    const seconds = String(Math.floor(clock.now() / 1000));
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (secret !== null)
      headers['x-llm-edge-signature'] = `t=${seconds},v1=${await hmac(secret, `${seconds}.${body}`)}`;
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort(new Error('no answer in time')));
    try {
      const reply = await fetch({ method: 'POST', url, headers, body, signal: controller.signal });
      reply.discard();
      return reply.status;
    } finally {
      cancel();
    }
  }

  return async function post(event) {
    const body = JSON.stringify(event);
    let last = '';
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries > 0) await pause(clock, FIRST_PAUSE_MS * 2 ** tries);
      try {
        const status = await send(body);
        if (status >= 200 && status < 300) return;
        last = `status ${status}`;
      } catch (error) {
        last = error instanceof Error ? error.message : 'no answer';
      }
    }
    throw new Error(`the webhook was not taken: ${last}`);
  };
}

async function hmac(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
