import type { Provider } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import {
  type FaultKind,
  type Fetch,
  UpstreamFault,
  type UpstreamReply,
  type UpstreamRequest,
} from '../ports/fetch.ts';

export type Send = (provider: Provider, request: UpstreamRequest) => Promise<UpstreamReply>;

/**
 * The only place that lets a request out.
 * @throws GatewayError `upstream_failed`, `upstream_timeout`, or the reason of the aborted signal.
 */
export function createSend(transports: Readonly<Record<Provider['transport'], Fetch>>): Send {
  return async function send(provider, request) {
    try {
      return await transports[provider.transport](request);
    } catch (fault) {
      throw faultError(fault, provider, request.signal);
    }
  };
}

/** What a client is told of a fault of the network: which provider, what kind, and no address. */
export function faultError(fault: unknown, provider: Provider, signal: AbortSignal): GatewayError {
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
  if (fault instanceof GatewayError) return fault;
  const kind = fault instanceof UpstreamFault ? fault.kind : 'protocol';
  const code = kind === 'connect_timeout' ? 'upstream_timeout' : 'upstream_failed';
  return new GatewayError(code, `The provider "${provider.id}" ${FAULT_TEXT[kind]}.`, { cause: fault });
}

const FAULT_TEXT: Readonly<Record<FaultKind, string>> = {
  refused: 'refused the connection: check that it is up and its base URL is right',
  dns: 'has a host name that cannot be resolved: check its base URL',
  tls: 'could not be reached securely: its certificate was not accepted',
  connect_timeout: 'did not take the connection in time',
  reset: 'closed the connection without an answer: try again',
  cut: 'broke off in the middle of its answer: try again',
  encoding: 'sent an answer whose content-encoding could not be undone',
  too_large: 'sent an answer over MAX_RESPONSE_SIZE',
  protocol: 'sent something that is not HTTP: check its base URL',
  aborted: 'was told to stop',
};
