import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Json } from '../support/corpus.ts';
import type { ClientWire } from './translate-meaning.ts';

/**
 * An answer of the gateway as the official SDK's strictest reader gives it to its user.
 * @throws Error of the SDK.
 */
export async function readBySdk(client: ClientWire, request: Json, answer: string): Promise<Json> {
  const stream = request.stream === true;
  const params = JSON.stringify(request);
  const result = await READERS[client](params, stream, stubbed(answer, stream));
  return JSON.parse(JSON.stringify(result)) as Json;
}

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A network that gives one answer to whatever is asked. */
export function stubbed(answer: string, stream: boolean): Fetch {
  const type = stream ? 'text/event-stream; charset=utf-8' : 'application/json';
  return async () => new Response(answer, { headers: { 'content-type': type } });
}

const COMMON = { apiKey: 'k', maxRetries: 0 } as const;
/** The SDK refuses long whole answers unless told how long to wait. */
const WAIT = { timeout: 60_000 };

const READERS: Readonly<
  Record<ClientWire, (params: string, stream: boolean, fetch: Fetch) => Promise<object>>
> = {
  chat(params, stream, fetch) {
    const { completions } = new OpenAI({ ...COMMON, baseURL: 'http://127.0.0.1:9', fetch }).chat;
    return stream
      ? completions.stream(JSON.parse(params)).finalChatCompletion()
      : completions.create(JSON.parse(params));
  },
  responses(params, stream, fetch) {
    const { responses } = new OpenAI({ ...COMMON, baseURL: 'http://127.0.0.1:9', fetch });
    return stream
      ? responses.stream(JSON.parse(params)).finalResponse()
      : responses.create(JSON.parse(params));
  },
  messages(params, stream, fetch) {
    const { messages } = new Anthropic({ ...COMMON, baseURL: 'http://127.0.0.1:9', fetch });
    return stream
      ? messages.stream(JSON.parse(params), WAIT).finalMessage()
      : messages.create(JSON.parse(params), WAIT);
  },
};
