import type { CacheMode } from '../domain/cache-policy.ts';
import type { Call } from '../domain/call.ts';
import type { Endpoint } from '../domain/dialect.ts';

/** What made a call one that the cache answered, and under which key. */
export interface KnownKey {
  readonly mode: CacheMode;
  /** All of the call's identity but its body. */
  readonly around: string;
  readonly key: string;
}

/**
 * Calls that the cache answered, by the text of their bodies. Who asks the same again is spared the reading and checking
 * of the body and the making of its key, which is most of what a hit costs. What asks for something new is not kept, so
 * that only hits pay for it. Tenants are apart, since time would tell one what another asked.
 */
export interface KnownCalls {
  /** The call that this text was; null: it is not known. */
  find(tenant: string, endpoint: Endpoint, text: string): Call | null;
  /** Null: the call is not known, or was asked in another way. */
  keyOf(call: Call, mode: CacheMode, around: string): string | null;
  /** @param call as it was read, from a text that says the same each time */
  keep(tenant: string, call: Call, known: KnownKey): void;
}

/** A parsed body takes several times the memory of its text, so this stays small beside the first tier. */
const MAX_TEXT = 32 << 10;
const MAX_TEXTS = 1 << 20;

export function createKnownCalls({ maxTexts = MAX_TEXTS } = {}): KnownCalls {
  /** In the order in which they came. */
  const calls = new Map<string, Call>();
  const keys = new WeakMap<Call, KnownKey>();
  let held = 0;

  return {
    find(tenant, endpoint, text) {
      return text.length > MAX_TEXT ? null : (calls.get(nameOf(tenant, endpoint, text)) ?? null);
    },
    keyOf(call, mode, around) {
      const known = keys.get(call);
      return known !== undefined && known.mode === mode && known.around === around ? known.key : null;
    },
    keep(tenant, call, known) {
      const { text } = call.body;
      if (text.length > MAX_TEXT) return;
      const name = nameOf(tenant, call.endpoint, text);
      keys.set(call, known);
      if (calls.has(name)) return;
      calls.set(name, call);
      held += name.length;
      for (const oldest of calls.keys()) {
        if (held <= maxTexts) return;
        calls.delete(oldest);
        held -= oldest.length;
      }
    },
  };
}

/** Neither a tenant nor an endpoint has a line end in it. */
function nameOf(tenant: string, endpoint: Endpoint, text: string): string {
  return `${tenant}\n${endpoint}\n${text}`;
}
