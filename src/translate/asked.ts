import type { Call } from '../domain/call.ts';
import type { Target, UpstreamEndpoint } from '../domain/provider.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { isConversation } from './dialects.ts';
import { readConversation, translateCall } from './translation.ts';

/** How a target would be asked. */
export interface Asked {
  /** The dialect that the provider is asked in. */
  readonly dialect: UpstreamEndpoint | 'none';
  readonly translated: boolean;
  /** Fields that would be left out. */
  readonly dropped: readonly string[];
  /** Why the call cannot be put to this target; null: it can, as far as the gateway can tell. */
  readonly refused: string | null;
}

/** Tells how a call would be put to a target, and does not put it. */
export function howAsked(call: Call, target: Target, dropUnsupported: boolean): Asked {
  const { endpoint } = call;
  if (target.provider.paths[endpoint] !== undefined) return whole(endpoint, false);
  if (!isConversation(endpoint)) return whole(endpoint === 'embeddings' ? 'embed_content' : endpoint, true);
  try {
    const said = readConversation(call, endpoint);
    const options = { dropUnsupported, shared: false, requestId: '', created: 0 };
    const { upstream, dropped } = translateCall(call, endpoint, said, target, options);
    return { dialect: upstream, translated: true, dropped, refused: null };
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault;
    return { ...whole('none', true), refused: fault.message };
  }
}

function whole(dialect: Asked['dialect'], translated: boolean): Asked {
  return { dialect, translated, dropped: [], refused: null };
}
