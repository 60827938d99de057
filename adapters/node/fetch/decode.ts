import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { UpstreamFault } from '../../../src/ports/fetch.ts';
import { BodyQueue, type BodySource } from './body-queue.ts';

/** What a parser pushes into. */
export interface BodySink {
  push(chunk: Uint8Array): void;
  end(): void;
  fail(fault: UpstreamFault): void;
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** True when there is nothing to undo. */
export function isIdentity(encoding: string | null): boolean {
  return encoding === null || encoding === '' || encoding.toLowerCase() === 'identity';
}

/**
 * A body that undoes a content-encoding on the way. Compressed bytes go in as fast as the decoder takes them and come out
 * as fast as the queue is read, so that a small body that expands for ever never fills the memory.
 *
 * @throws UpstreamFault `encoding` for one that is not known.
 */
export function decoded(encoding: string, source: BodySource): { sink: BodySink; queue: BodyQueue } {
  const create = DECODERS[encoding.toLowerCase()];
  if (create === undefined) throw new UpstreamFault('encoding', `content-encoding ${encoding} is not known`);
  const decoder = create();
  const queue = new BodyQueue({
    pause: () => decoder.pause(),
    resume: () => decoder.resume(),
    abort() {
      decoder.destroy();
      source.abort();
    },
  });
  decoder.on('data', (chunk: Buffer) => queue.push(chunk));
  decoder.on('end', () => queue.end());
  decoder.on('drain', () => source.resume());
  decoder.on('error', (cause) => {
    queue.fail(new UpstreamFault('encoding', cause.message, { cause }));
    source.abort();
  });
  const sink: BodySink = {
    push: (chunk) => {
      if (!decoder.write(chunk)) source.pause();
    },
    end: () => decoder.end(),
    fail: (fault) => {
      queue.fail(fault);
      decoder.destroy();
    },
  };
  return { sink, queue };
}
