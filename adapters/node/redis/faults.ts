import { StoreFault } from '../../../src/ports/store-fault.ts';
import { codeOf, isReply } from './connection-log.ts';

const REDIRECTED = 'Too many Cluster redirections';

/**
 * What ioredis rejects with, without what it carries along: its errors hold the command, and with it keys and values.
 * Redirections that lead nowhere come from nodes that answer.
 */
export function toStoreFault(error: unknown): StoreFault {
  if (error instanceof Error && error.message.startsWith(REDIRECTED))
    return new StoreFault('refused', `Redis: ${REDIRECTED}`);
  return new StoreFault(isReply(error) ? 'refused' : 'unavailable', `Redis: ${codeOf(error)}`);
}
