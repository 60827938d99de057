import { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** The socket that a client is opening, if it is. */
export class ConnectAttempt {
  #socket: Socket | null = null;

  follow(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      const socket: unknown = connect(options, (...outcome) => {
        this.#socket = null;
        callback(...outcome);
      });
      if (socket instanceof Socket) this.#socket = socket;
    };
  }

  /** With an error, since undici would otherwise wait for an outcome for ever. */
  abandon(reason: Error): void {
    this.#socket?.destroy(reason);
  }
}
