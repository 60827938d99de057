import { describe, expect, it } from 'vitest';
import { messagesClient, messagesProvider } from './translator.ts';

describe('case 54: errors', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [408, 'timeout_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('a status %i is %s', (status, type) => {
    const error = { status, type: 'whatever', code: null, message: 'm', param: null };
    expect(messagesClient.writeError(error, 'req_1')).toEqual({
      type: 'error',
      error: { type, message: 'm' },
      request_id: 'req_1',
    });
  });

  it('a conversation that is too long is told in words that clients know', () => {
    const error = {
      status: 400,
      type: 'x',
      code: 'context_length_exceeded',
      message: 'Too many tokens.',
      param: null,
    };
    expect(messagesClient.writeError(error, 'r').error).toEqual({
      type: 'invalid_request_error',
      message: 'prompt is too long: Too many tokens.',
    });
  });

  it.each([
    'prompt is too long: 210000 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
  ])('a conversation that is too long is known by its words: %s', (message) => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message } };
    expect(messagesProvider.readError(400, body)).toEqual({
      status: 400,
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      message,
      param: null,
    });
  });

  it('a code of the provider is kept, and a body that is not understood is a bare error', () => {
    const details = { error_code: 'image_dimensions_too_large' };
    const body = { type: 'error', error: { type: 'invalid_request_error', message: 'm', details } };
    expect(messagesProvider.readError(400, body).code).toBe('image_dimensions_too_large');
    expect(messagesProvider.readError(502, {})).toMatchObject({ status: 502, type: 'api_error', code: null });
  });
});
