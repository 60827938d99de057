import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { ProviderError } from '../hub/reply.ts';
import { readStreamError } from './error.ts';
import { chatClient, chatProvider } from './translator.ts';

const failure = (said: Partial<ProviderError>): ProviderError => ({
  status: 400,
  type: 'x',
  code: null,
  message: 'no',
  param: null,
  ...said,
});
const write = (said: Partial<ProviderError>) =>
  chatClient.writeError(failure(said), 'req1').error as JsonObject;

describe('case 54: a failure for a client', () => {
  it('is in OpenAI’s envelope', () => {
    expect(write({ code: 'bad_image', param: 'messages[0]' })).toEqual({
      message: 'no',
      type: 'invalid_request_error',
      param: 'messages[0]',
      code: 'bad_image',
    });
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'insufficient_quota'],
    [403, 'permission_error'],
    [404, 'invalid_request_error'],
    [413, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'service_unavailable'],
    [504, 'timeout'],
    [529, 'service_unavailable'],
  ])('%i is a %s', (status, type) => expect(write({ status }).type).toBe(type));

  it.each([
    'prompt is too long: 208310 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    "This model's maximum context length is 8192 tokens.",
    'Your input exceeds the context window of this model.',
  ])('has the code that clients shorten on: %s', (message) => {
    expect(write({ message }).code).toBe('context_length_exceeded');
  });

  it.each([
    'max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens',
    'The image is too large',
  ])('has it not for what a shorter conversation would not mend: %s', (message) =>
    expect(write({ message }).code).toBeNull(),
  );
});

describe('case 54: a provider’s failure', () => {
  it.each([
    [
      { error: { message: 'no', type: 'invalid_request_error', param: 'n', code: 'bad' } },
      { type: 'invalid_request_error', message: 'no', param: 'n', code: 'bad' },
    ],
    [{ error: { message: 'no', code: 400 } }, { type: 'invalid_request_error', message: 'no', code: null }],
    [{ error: { message: 'no', code: '400' } }, { message: 'no', code: null }],
    [{ error: 'no' }, { message: 'no' }],
    [{ detail: 'no' }, { message: 'no' }],
    [{ detail: [{ loc: ['body', 'n'], msg: 'no' }] }, { message: 'body.n: no' }],
    [
      { object: 'error', message: 'no', type: 'BadRequestError', code: 400 },
      { type: 'BadRequestError', message: 'no', code: null },
    ],
    [
      { message: 'no', type: 'invalid_request_error', code: 'wrong_api_format' },
      { message: 'no', code: 'wrong_api_format' },
    ],
    [{}, { message: 'The provider answered with status 400.' }],
  ] as [JsonObject, Partial<ProviderError>][])('%j is understood', (body, expected) => {
    expect(chatProvider.readError(400, body)).toMatchObject({ status: 400, ...expected });
  });

  it.each([
    [{ error: { message: 'no', code: 502 } }, 502],
    [{ error: { message: 'no', code: '429' } }, 429],
    [{ error: { message: 'no', type: 'rate_limit_error' } }, 429],
    [{ error: { message: 'no', type: 'overloaded_error' } }, 503],
    [{ error: { message: 'no', type: 'invalid_request_error' } }, 400],
    [{ error: { message: 'no' } }, 500],
    [{ object: 'error', message: 'no', code: 400 }, 400],
  ] as [JsonObject, number][])('case 13: inside a stream, %j would have been %i', (event, status) => {
    expect(readStreamError(event)).toMatchObject({ status, message: 'no' });
  });
});
