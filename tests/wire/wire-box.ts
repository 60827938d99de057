import { afterAll, beforeAll } from 'vitest';
import type { Json } from '../support/corpus.ts';
import { type Behaviour, type FaultUpstream, json, startFaultUpstream } from '../support/fault-upstream.ts';
import type { RunningGateway, Runtime } from '../support/gateway.ts';
import { parseEvents, type ServerEvent, send } from '../support/http-client.ts';
import type { ReceivedRequest } from '../support/received.ts';
import { KEY, PROVIDER, startDialectGateway, type Upstream } from './dialect-gateway.ts';
import type { Client } from './heard.ts';

/** Models of each provider that take whatever a conversation may ask for. */
export const MODELS: Readonly<Record<Upstream, string>> = {
  chat: 'gpt-4o',
  responses: 'gpt-4o',
  messages: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
};

const PATHS: Readonly<Record<Client, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What the provider got; null when nothing was sent. */
  readonly received: ReceivedRequest | null;
}

export interface Asking {
  readonly client: Client;
  readonly upstream: Upstream;
  /** The client's body but for its model. */
  readonly body: Json;
  readonly model?: string;
  readonly reply: Behaviour;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WireBox {
  ask(asking: Asking): Promise<Told>;
}

/** A gateway in front of the four dialects, for all tests of a `describe`. */
export function startWireBox(runtime: Runtime, env: Readonly<Record<string, string>> = {}): WireBox {
  let upstream: FaultUpstream | undefined;
  let gateway: RunningGateway | undefined;
  beforeAll(async () => {
    upstream = await startFaultUpstream(json(500, {}));
    gateway = await startDialectGateway(runtime, upstream.url, env);
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  return {
    async ask({ client, upstream: to, body, model = MODELS[to], reply, headers = {} }) {
      if (upstream === undefined || gateway === undefined) throw new Error('not started');
      upstream.script(reply);
      const before = upstream.journal.length;
      const answer = await send(gateway.url + PATHS[client], {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
        body: JSON.stringify({ ...body, model: `${PROVIDER[to]}/${model}` }),
      });
      const { status, headers: got } = answer;
      return { status, headers: got, text: await answer.text(), received: upstream.journal[before] ?? null };
    },
  };
}

/** The events of an answer with their JSON, whose times are all 1. */
export async function eventsIn(text: string): Promise<{ event?: string; data: unknown }[]> {
  const events: ServerEvent[] = [];
  for await (const event of parseEvents(bytesOf(text))) events.push(event);
  return events.map(({ event, data }) => ({
    ...(event === 'message' ? {} : { event }),
    data: data.startsWith('{') ? withoutTimes(JSON.parse(data)) : data,
  }));
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

export function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const isTime = (key === 'created' || key === 'created_at') && typeof inner === 'number';
    return [key, isTime ? 1 : withoutTimes(inner)] as const;
  });
  return Object.fromEntries(entries);
}
