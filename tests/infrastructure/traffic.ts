import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http-client.ts';

export const KEYS = {
  shop: 'sk-gateway-test-shop-0001',
  search: 'sk-gateway-test-search-0002',
  thrifty: 'sk-gateway-test-thrifty-0003',
} as const;

export interface Ask {
  readonly path?: string;
  readonly model?: string;
  readonly text?: string;
  readonly stream?: boolean;
  readonly tenant?: keyof typeof KEYS;
}

/** A call of the sandbox, read to its end. @returns the status. */
export async function ask(url: string, { path = 'chat/completions', tenant = 'shop', ...call }: Ask = {}) {
  const headers = { authorization: `Bearer ${KEYS[tenant]}`, 'content-type': 'application/json' };
  const answer = await send(`${url}/v1/${path}`, { headers, body: JSON.stringify(bodyOf(path, call)) });
  await answer.read();
  return answer.status;
}

function bodyOf(
  path: string,
  { model = 'sandbox/echo', text = 'one two three', stream = false }: Ask,
): object {
  if (path === 'embeddings') return { model, input: text };
  if (path === 'responses') return { model, input: text, stream };
  const messages = [{ role: 'user', content: text }];
  return path === 'messages' ? { model, max_tokens: 50, stream, messages } : { model, stream, messages };
}

let count = 0;
/** What nobody has asked before. */
export const fresh = () => `question ${++count} of ${process.pid}`;

/** What a healthy gateway sees: mostly questions that were asked before, some that were not. */
async function oneRound(url: string): Promise<void> {
  const text = fresh();
  await Promise.all([
    ask(url, { text }),
    ask(url, { text: fresh(), stream: true, model: 'sandbox/slow-5-1' }),
    ask(url, { path: 'messages', text, tenant: 'search' }),
    ask(url, { path: 'embeddings', model: 'sandbox/embed', text }),
    ask(url, { text: fresh(), tenant: 'thrifty' }),
    ask(url, { text, tenant: 'search' }),
  ]);
  const known = Array.from({ length: 5 }, () => [
    ask(url, { text }),
    ask(url, { path: 'messages', text, tenant: 'search' }),
  ]);
  await Promise.all(known.flat());
}

/** Calls on and on until it is told to stop. */
export function startTraffic(url: string): { stop(): Promise<void> } {
  let running = true;
  const rounds = (async () => {
    while (running) {
      await oneRound(url);
      await sleep(150);
    }
  })();
  return {
    stop() {
      running = false;
      return rounds;
    },
  };
}

/** So many at once, again and again. */
export async function askMany(count: number, url: string, make: () => Ask): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => ask(url, make())));
}
