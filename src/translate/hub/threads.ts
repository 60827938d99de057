import type { JsonObject } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';

/**
 * A thread is a conversation that Anthropic keeps, of which a request has only what is new: it cannot be left out, or the
 * next request would be taken for the whole. The details are those at which the SDK's tool runner, which threads unless it
 * is told not to, goes on by itself with whole conversations (`ThreadUnsupportedRequestError` of `@anthropic-ai/sdk`).
 *
 * @throws GatewayError `invalid_request` when the body has a thread
 */
export function refuseThread({ thread }: JsonObject): void {
  if (thread === undefined || thread === null) return;
  const message =
    'The field "thread" refers to state that lives at the provider that made it: send the whole conversation instead.';
  throw new GatewayError('invalid_request', message, {
    param: 'thread',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  });
}
