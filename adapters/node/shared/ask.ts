import { StoreFault } from '../../../src/ports/store-fault.ts';
import type { Api, Link } from './link.ts';

/** A call of another process that keeps a store. @throws StoreFault when it does not answer in time. */
export async function ask<Remote extends Api<Remote>, M extends keyof Remote & string>(
  link: Link<Remote>,
  method: M,
  args: Parameters<Remote[M]>,
  deadlineMs: number,
): Promise<Awaited<ReturnType<Remote[M]>>> {
  try {
    return await link.call(method, args, deadlineMs);
  } catch (error) {
    throw new StoreFault('unavailable', error instanceof Error ? error.message : String(error));
  }
}
