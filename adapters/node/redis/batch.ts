import type { Command, Redis } from 'ioredis';

/** A connection as far as it is written to. */
export type Writable = Pick<Redis, 'stream'>;

/**
 * Sends what one turn of the event loop asks for together: a write to a socket costs more than all else about a command, so
 * there is one for each connection instead of one for each command.
 * @param send what it throws, the command rejects with
 * @param connections those that `send` may write to, as they are now
 */
export function createBatch(
  send: (command: Command) => void,
  connections: () => readonly Writable[],
): (command: Command) => void {
  let waiting: Command[] = [];

  function flush(): void {
    const commands = waiting;
    waiting = [];
    // A connection that is yet to be made has no stream.
    const streams = connections().flatMap(({ stream }) => (stream == null ? [] : [stream]));
    for (const stream of streams) stream.cork();
    for (const command of commands) attempt(command);
    for (const stream of streams) stream.uncork();
  }

  function attempt(command: Command): void {
    try {
      send(command);
    } catch (error) {
      command.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return function sendSoon(command) {
    if (waiting.push(command) === 1) setImmediate(flush);
  };
}
