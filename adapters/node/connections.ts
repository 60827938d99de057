import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** Connections that are open, idle ones too. */
  count(): number;
  /**
   * From now on a connection is ended once it has been idle for `quietMs`: whoever has just read an answer may be about to ask
   * again, and a request that meets the end of its connection is lost. Resolves when none is open.
   */
  end(quietMs: number): Promise<void>;
}

interface Connection {
  requests: number;
  idleSince: number;
}

/** Follows the connections of a server, from before it listens. */
export function followConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>();
  const allClosed = Promise.withResolvers<void>();
  let quietMs: number | null = null;

  const endWhenQuiet = (socket: Socket, connection: Connection) => {
    if (quietMs === null || connection.requests > 0) return;
    const read = socket.bytesRead;
    const leftMs = connection.idleSince + quietMs - performance.now();
    setTimeout(() => {
      if (connection.requests > 0) return;
      // A request that has come in part is one that is about to be answered.
      if (socket.bytesRead === read) socket.destroy();
      else endWhenQuiet(socket, connection);
    }, leftMs);
  };

  server.on('connection', (socket: Socket) => {
    const connection = { requests: 0, idleSince: performance.now() };
    open.set(socket, connection);
    endWhenQuiet(socket, connection);
    socket.once('close', () => {
      open.delete(socket);
      if (quietMs !== null && open.size === 0) allClosed.resolve();
    });
  });
  server.on('request', ({ socket }, response) => {
    const connection = open.get(socket);
    if (connection === undefined) return;
    connection.requests += 1;
    response.once('close', () => {
      connection.requests -= 1;
      connection.idleSince = performance.now();
      endWhenQuiet(socket, connection);
    });
  });
  return {
    count: () => open.size,
    end(quiet) {
      quietMs = quiet;
      for (const [socket, connection] of open) endWhenQuiet(socket, connection);
      if (open.size === 0) allClosed.resolve();
      return allClosed.promise;
    },
  };
}
