import type { ServerResponse } from 'node:http';

export type ChunkSize = number | 'whole';

/** Pieces after which other work gets its turn. */
const BATCH = 256;

/**
 * Writes the bytes in pieces of exactly `size`, each a chunk and a socket write of its own, as fast as the reader
 * takes them; answers false when the reader left before the end.
 */
export async function writePieces(
  response: ServerResponse,
  bytes: Uint8Array,
  size: ChunkSize,
): Promise<boolean> {
  const step = size === 'whole' ? Math.max(1, bytes.length) : size;
  let pieces = 0;
  for (let at = 0; at < bytes.length; at += step) {
    if (!(await writePiece(response, bytes.subarray(at, at + step)))) return false;
    if (++pieces % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

/** Writes one piece and waits until it may be followed by the next; false when the reader has left. */
export async function writePiece(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  if (response.closed || response.destroyed) return false;
  if (response.write(piece)) {
    // node:http corks the socket until the next tick: without one, several pieces leave in one write.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return true;
  }
  return drained(response);
}

function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (free: boolean) => () => {
      response.off('drain', onDrain).off('close', onClose);
      resolve(free);
    };
    const onDrain = settle(true);
    const onClose = settle(false);
    response.on('drain', onDrain).on('close', onClose);
  });
}
