/** The part of a KV binding that is used here. */
export interface KvNamespace {
  get(key: string): Promise<string | null>;
}

/** Where the text of the configuration comes from. */
export type ConfigSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'kv'; readonly key: string; readonly namespace: KvNamespace };

/** A word without spaces is no configuration, be it in YAML or JSON, unless it is `{}`. */
const KEY = /^[^\s{}[\]]{1,512}$/;

/** `LLM_EDGE_CONFIG` is the text, or, with the KV binding `LLM_EDGE_KV`, the key of it there. */
export function configSource(env: Readonly<Record<string, unknown>>): ConfigSource {
  const { LLM_EDGE_CONFIG: value, LLM_EDGE_KV: namespace } = env;
  if (typeof value !== 'string' || value.trim() === '') return { kind: 'none' };
  const key = value.trim();
  return isNamespace(namespace) && KEY.test(key)
    ? { kind: 'kv', key, namespace }
    : { kind: 'text', text: value };
}

function isNamespace(value: unknown): value is KvNamespace {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

/** @throws Error when the key has no value, or KV fails. */
export async function readConfigText(source: ConfigSource): Promise<string | null> {
  if (source.kind === 'none') return null;
  if (source.kind === 'text') return source.text;
  const text = await source.namespace.get(source.key);
  if (text !== null) return text;
  throw new Error(
    'LLM_EDGE_CONFIG: the KV namespace LLM_EDGE_KV has no such key; put the configuration there',
  );
}
