import { errors } from '@upstash/redis/cloudflare';
import { StoreFault } from '../../../src/ports/store-fault.ts';

/**
 * What the client throws, without its message: that repeats the command, and with it keys and values. Of what Upstash says,
 * the code at the start stays, if there is one.
 */
export function toStoreFault(error: unknown): StoreFault {
  // No JSON comes from what stands in front of Upstash.
  if (error instanceof errors.UpstashError && !(error instanceof errors.UpstashJSONParseError))
    return new StoreFault('refused', `Upstash: ${/^[A-Z]+(?= )/.exec(error.message)?.[0] ?? 'ERR'}`);
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new StoreFault('timeout', 'Upstash: the request was aborted');
  return new StoreFault('unavailable', `Upstash: ${error instanceof Error ? error.name : 'no Error'}`);
}
