import { joinBytes } from '../src/bytes.ts';
/** Gzip, as a runtime does it best. What one writes, every other reads. */
export interface Gzip {
  compress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /**
   * The bytes, of which there must be `length`.
   * @throws when it is no whole gzip stream, or one of another length; at the latest after `length` bytes.
   */
  decompress(bytes: Uint8Array, length: number): Uint8Array | Promise<Uint8Array>;
}

/** Over the streams of the web, on every runtime. */
export const webGzip: Gzip = {
  async compress(bytes) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of through(new CompressionStream('gzip'), bytes)) chunks.push(chunk);
    return joinBytes(chunks);
  },
  async decompress(bytes, length) {
    const chunks: Uint8Array[] = [];
    let left = length;
    for await (const chunk of through(new DecompressionStream('gzip'), bytes)) {
      left -= chunk.byteLength;
      if (left < 0) break; // which cancels the stream
      chunks.push(chunk);
    }
    if (left !== 0) throw new RangeError(`not ${length} bytes`);
    return joinBytes(chunks);
  },
};

interface Pair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<BufferSource>;
}

function through({ readable, writable }: Pair, bytes: Uint8Array): ReadableStream<Uint8Array> {
  const writer = writable.getWriter();
  const ignore = () => {}; // whoever reads hears of it
  writer.write(new Uint8Array(bytes)).catch(ignore);
  writer.close().catch(ignore);
  return readable;
}
