import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** What a page may read of an answer, beside the few headers that are always readable. */
const EXPOSED = [
  'age',
  'request-id',
  'retry-after',
  'server-timing',
  'x-llm-edge-attempts',
  'x-llm-edge-cache',
  'x-llm-edge-cache-similarity',
  'x-llm-edge-cost-usd',
  'x-llm-edge-dropped',
  'x-llm-edge-model',
  'x-llm-edge-provider',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-request-id',
];

/** CORS by allow-list. `*` is harmless here: the gateway uses no cookies, so a page has only the key it was given. */
export function corsFor(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'POST', 'DELETE', 'OPTIONS'],
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });
}
