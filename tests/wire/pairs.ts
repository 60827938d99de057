import type { Json } from '../support/corpus.ts';
import type { Upstream } from './dialect-gateway.ts';
import type { Client } from './heard.ts';

export const EVERYBODY: readonly Upstream[] = ['chat', 'responses', 'messages', 'gemini'];
export const CLIENTS: readonly Client[] = ['chat', 'responses', 'messages'];

/** Every client with every provider that speaks another dialect. */
export const PAIRS: readonly (readonly [Client, Upstream])[] = CLIENTS.flatMap((client) =>
  EVERYBODY.filter((upstream) => upstream !== client).map((upstream) => [client, upstream] as const),
);

/** The least that each client can say. */
export const ASKS: Readonly<Record<Client, Json>> = {
  chat: { messages: [{ role: 'user', content: 'Hi' }], stream_options: { include_usage: true } },
  responses: { input: 'Hi' },
  messages: { max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] },
};
