import { unitVector } from '../../src/semantic/vector.ts';

const AT_ONCE = 64;
const DEADLINE_MS = 60_000;

export interface GatewayModel {
  /** Of the gateway, without `/v1`. */
  readonly url: string;
  readonly model: string;
  /** Null: the gateway is open. */
  readonly key: string | null;
}

/** Asks a running gateway for the vectors of the texts. @throws Error when it does not give one for each. */
export async function fetchVectors(
  texts: readonly string[],
  { url, model, key }: GatewayModel,
): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const input = texts.slice(from, from + AT_ONCE);
    const reply = await fetch(new URL('/v1/embeddings', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model, input, encoding_format: 'float' }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!reply.ok)
      throw new Error(`the gateway answered ${reply.status}: ${(await reply.text()).slice(0, 500)}`);
    const body: unknown = await reply.json();
    for (const [at, vector] of listIn(body).entries()) put(vectors, input[at], vector);
  }
  return vectors;
}

/** Reads JSON lines of `{"text":…,"vector":[…]}`. @throws Error naming the line that is wrong. */
export function readVectors(text: string): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>();
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value: unknown = JSON.parse(line);
    const { text: name, vector } = value as { readonly text?: unknown; readonly vector?: unknown };
    if (typeof name !== 'string') throw new Error(`line ${at + 1}: needs a "text" and a "vector"`);
    put(vectors, name, vector);
  }
  return vectors;
}

function listIn(body: unknown): unknown[] {
  const { data } = body as { readonly data?: unknown };
  if (!Array.isArray(data)) throw new Error('the gateway sent no vectors');
  return data.map(({ embedding }) => embedding);
}

function put(vectors: Map<string, Float32Array>, text: string | undefined, values: unknown): void {
  const vector = Array.isArray(values) ? unitVector(values) : null;
  if (text === undefined || vector === null) throw new Error(`no vector for ${JSON.stringify(text)}`);
  vectors.set(text, vector);
}
