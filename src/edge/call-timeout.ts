import type { HeaderReader } from '../domain/call.ts';

/** The total time of a call: `x-llm-edge-timeout-ms` may shorten what the operator allows; nonsense is as if it were not there. */
export function callTimeoutMs(headers: HeaderReader, allowedMs: number): number {
  const asked = Number(headers.get('x-llm-edge-timeout-ms') ?? Number.NaN);
  return asked >= 1 ? Math.min(asked, allowedMs) : allowedMs;
}
