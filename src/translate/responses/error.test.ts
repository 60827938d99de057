import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { responsesClient, responsesProvider } from './translator.ts';

const read = responsesProvider.readError;

describe('the failure of a provider', () => {
  it.each<[string, JsonObject, object]>([
    [
      'OpenAI',
      { error: { message: 'm', type: 'invalid_request_error', param: 'p', code: 'c' } },
      { type: 'invalid_request_error', code: 'c', message: 'm', param: 'p' },
    ],
    [
      'xAI',
      { code: 'invalid-argument', error: 'Incorrect API key' },
      { code: 'invalid-argument', message: 'Incorrect API key' },
    ],
    [
      'Azure',
      { error: { code: '404', message: 'Resource not found' } },
      { code: '404', message: 'Resource not found' },
    ],
    ['FastAPI', { detail: 'Not Found' }, { message: 'Not Found' }],
    [
      'nobody known',
      { a: 1 },
      { type: '', code: null, message: 'The provider answered with status 400.', param: null },
    ],
  ])('case 54: is read from %s', (_, body, error) => {
    expect(read(400, body)).toMatchObject({ status: 400, ...error });
  });
});

describe('the failure for a client', () => {
  const write = (status: number, type: string, message = 'm', code: string | null = null) =>
    responsesClient.writeError({ status, type, code, message, param: null }, 'r').error;

  it.each([
    [400, 'invalid_request_error', 'invalid_request_error'],
    [401, 'authentication_error', 'authentication_error'],
    [402, 'billing_error', 'insufficient_quota'],
    [403, 'permission_error', 'permission_error'],
    [404, 'not_found_error', 'invalid_request_error'],
    [413, 'request_too_large', 'invalid_request_error'],
    [429, 'RESOURCE_EXHAUSTED', 'rate_limit_error'],
    [429, 'insufficient_quota', 'insufficient_quota'],
    [500, 'api_error', 'server_error'],
    [504, 'timeout_error', 'timeout'],
    [529, 'overloaded_error', 'service_unavailable'],
  ])('case 54: %d %s is %s', (status, type, expected) => {
    expect(write(status, type)).toEqual({ message: 'm', type: expected, param: null, code: null });
  });

  it.each([
    'prompt is too long: 210000 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    'Your input exceeds the context window of this model.',
    "This model's maximum context length is 8192 tokens.",
    'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
    'Input is too long for requested model.',
  ])('case 54: "%s" has the code by which clients know it', (message) => {
    expect(write(400, 'invalid_request_error', message)).toMatchObject({ code: 'context_length_exceeded' });
  });
});
