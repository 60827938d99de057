import { expect, it } from 'vitest';
import type { JsonValue } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import { toAnthropic } from '../../errors/to-anthropic.ts';
import { messagesClient } from './translator.ts';

function readWith(thread: JsonValue): unknown {
  const messages = [{ role: 'user', content: 'Hi' }];
  return messagesClient.readRequest({ model: 'claude', max_tokens: 10, messages, thread });
}

function refusalOf(thread: JsonValue): GatewayError {
  try {
    readWith(thread);
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error('the thread was taken');
}

it.each([{ type: 'create' }, { type: 'continue', previous_message_id: 'msg_1' }])(
  'a thread of type $type is refused in the words at which SDKs go on without one',
  (thread) => {
    const error = refusalOf(thread);
    expect(error).toMatchObject({ status: 400, param: 'thread' });
    expect(JSON.parse(toAnthropic(error, 'req_1'))).toEqual({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: expect.stringContaining('"thread"'),
        details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
      },
      request_id: 'req_1',
    });
  },
);

it('no thread is no fault', () => {
  expect(readWith(null)).toMatchObject({ model: 'claude', others: {} });
});
