import { describe, expect, it } from 'vitest';
import { readError } from './error.ts';

describe('case 54: a provider’s refusal', () => {
  it('has its own words', () => {
    expect(
      readError(429, {
        error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota.' },
      }),
    ).toEqual({
      status: 429,
      type: 'RESOURCE_EXHAUSTED',
      code: null,
      message: 'You exceeded your current quota.',
      param: null,
    });
  });

  it.each([
    ['48s', 48],
    ['47.2s', 48],
    ['0.200s', 1],
    ['soon', undefined],
  ])('case 55: says how long to wait: %s', (retryDelay, seconds) => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ];
    const body = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow down.', details } };
    expect(readError(429, body).retryAfter).toBe(seconds);
  });

  it('may come in a list', () => {
    expect(
      readError(404, [{ error: { code: 404, status: 'NOT_FOUND', message: 'No model.' } }]),
    ).toMatchObject({
      type: 'NOT_FOUND',
      message: 'No model.',
    });
  });

  it('says that the context is too long', () => {
    const message = 'The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).';
    const error = readError(400, { error: { code: 400, status: 'INVALID_ARGUMENT', message } });
    expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('of the gateway’s own key is no mistake of the client’s', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    const error = {
      error: { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.', details },
    };
    expect(readError(400, error).status).toBe(401);
  });

  it.each([{}, [], null, { error: 'x' }, { error: { message: 7 } }])('may say nothing: %j', (body) => {
    expect(readError(500, body)).toEqual({
      status: 500,
      type: 'UNKNOWN',
      code: null,
      message: 'The provider answered with status 500.',
      param: null,
    });
  });
});
