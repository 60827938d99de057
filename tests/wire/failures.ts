import { expect } from 'vitest';
import type { Json } from '../support/corpus.ts';
import type { SseEvent } from '../support/fault-upstream.ts';
import type { Upstream } from './dialect-gateway.ts';
import type { Client } from './heard.ts';

/** How each provider refuses a request. */
export const REFUSAL: Readonly<Record<Upstream, (status: number, message: string) => Json>> = {
  chat: openai,
  responses: openai,
  messages: (status, message) => ({
    type: 'error',
    error: { type: ANTHROPIC_TYPES[status], message },
    request_id: 'req_up',
  }),
  gemini: (code, message) => ({ error: { code, message, status: GEMINI_STATUS[code] } }),
};

function openai(status: number, message: string): Json {
  const type = status === 429 ? 'requests' : 'invalid_request_error';
  return { error: { message, type, param: null, code: null } };
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
};
const GEMINI_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
};

/** What each client is told of a refusal: the whole body but for the id of the request. */
export function refusalFor(client: Client, status: number, message: string): Json {
  if (client === 'messages')
    return {
      type: 'error',
      error: { type: ANTHROPIC_TYPES[status], message },
      request_id: expect.any(String),
    };
  return { error: expect.objectContaining({ message, type: OPENAI_TYPES[status], param: null }) };
}

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'invalid_request_error',
  413: 'invalid_request_error',
  429: 'rate_limit_error',
};

/** How each provider ends a stream that it cannot go on with. */
export const ERROR_EVENT: Readonly<Record<Upstream, SseEvent>> = {
  chat: { data: { error: { message: 'Overloaded', type: 'server_error', code: null, param: null } } },
  responses: {
    event: 'error',
    data: { type: 'error', code: 'server_error', message: 'Overloaded', param: null, sequence_number: 9 },
  },
  messages: {
    event: 'error',
    data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  },
  gemini: { data: { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } } },
};
