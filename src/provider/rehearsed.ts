import type { Rehearsal } from '../domain/rehearsal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { type StreamTap, UpstreamFault, type UpstreamReply } from '../ports/fetch.ts';
import { faultError, type Send } from './send.ts';

/** Chunks that pass before a stream is cut: enough to have begun its answer. */
const PASSED_CHUNKS = 3;

/** A way out that fails as it is asked to. Only for `cut` the provider is called. */
export function rehearsed(send: Send, failure: Rehearsal): Send {
  return async function sendRehearsed(provider, request) {
    if (typeof failure === 'number') return replyOf(failure);
    if (failure === 'cut') return cut(await send(provider, request));
    if (failure === 'timeout') {
      throw new GatewayError('upstream_timeout', 'The provider did not answer in time: this was asked for.');
    }
    throw faultError(new UpstreamFault('reset', 'it was asked for'), provider, request.signal);
  };
}

const encoder = new TextEncoder();

function replyOf(status: number): UpstreamReply {
  const error = { type: 'rehearsal', message: 'This failure was asked for.', code: null, param: null };
  const body = encoder.encode(JSON.stringify({ type: 'error', error }));
  return {
    status,
    headers: new Headers({ 'content-type': 'application/json' }),
    stream: () => new Blob([body]).stream(),
    collect: async () => body,
    discard() {},
  };
}

function cut(reply: UpstreamReply): UpstreamReply {
  const fault = () => new UpstreamFault('cut', 'it was asked for');
  return {
    ...reply,
    stream: (tap, start) => reply.stream(tap === undefined ? undefined : cutting(tap, fault), start),
    async collect() {
      reply.discard();
      throw fault();
    },
  };
}

function cutting(tap: StreamTap, fault: () => UpstreamFault): StreamTap {
  let chunks = 0;
  return {
    waiting: (isWaiting) => tap.waiting(isWaiting),
    chunk(bytes) {
      chunks += 1;
      if (chunks > PASSED_CHUNKS) throw fault();
      return tap.chunk(bytes);
    },
    end() {
      throw fault();
    },
    fail: (cause) => tap.fail(cause),
    cancel: () => tap.cancel(),
  };
}
