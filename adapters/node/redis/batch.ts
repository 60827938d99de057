import type { Redis } from 'ioredis';

/** A connection as far as it is written to. */
export type Writable = Pick<Redis, 'stream'>;

/**
 * Sends what one turn of the event loop asks for together: a write to a socket costs more than all else about a command, so there is
 * one for each connection instead of one for each command.
 * @param connections those that `send` may write to, as they are now
 */
export function createBatch<T>(
  send: (command: T) => void,
  connections: () => readonly Writable[],
): (command: T) => void {
  let waiting: T[] = [];

  function flush(): void {
    const commands = waiting;
    waiting = [];
    // A connection that is yet to be made has no stream.
    const streams = connections().flatMap(({ stream }) => (stream == null ? [] : [stream]));
    for (const stream of streams) stream.cork();
    for (const command of commands) send(command);
    for (const stream of streams) stream.uncork();
  }

  return function sendSoon(command) {
    if (waiting.push(command) === 1) setImmediate(flush);
  };
}
