import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEntry, sealEntry } from '../../adapters/cache-entry.ts';
import { type Gzip, webGzip } from '../../adapters/compression.ts';
import { nodeGzip } from '../../adapters/node/redis/gzip.ts';

const runtimes: readonly (readonly [string, Gzip])[] = [
  ['the web', webGzip],
  ['Node', nodeGzip],
];
const text = (bytes: number) =>
  new TextEncoder().encode('{"delta":{"content":"Hello"}}\n'.repeat(bytes / 30));

describe('an entry as it is stored', () => {
  for (const [writer, writing] of runtimes) {
    for (const [reader, reading] of runtimes) {
      it(`of ${writer} is read on ${reader}, whatever it holds`, async () => {
        const value = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string().map(encode));
        await fc.assert(
          fc.asyncProperty(value, fc.nat({ max: 300 }), async (value, compressAbove) => {
            const entry = await sealEntry(value, { gzip: writing, compressAbove });
            expect(Array.from((await openEntry(entry, reading)) ?? [-1])).toEqual(Array.from(value));
          }),
          { numRuns: 50 },
        );
      });

      it(`of ${writer} is read on ${reader}, on both sides of what Node leaves to a thread`, async () => {
        for (const value of [text(100_000), text(1_000_000)]) {
          const entry = await sealEntry(value, { gzip: writing, compressAbove: 1_000 });
          expect(entry.byteLength).toBeLessThan(value.byteLength / 20);
          expect(Buffer.from((await openEntry(entry, reading)) ?? []).equals(value)).toBe(true);
        }
      });
    }

    it(`is compressed by ${writer} above the size only, and only if that makes it shorter`, async () => {
      const seal = (value: Uint8Array) => sealEntry(value, { gzip: writing, compressAbove: 3_000 });
      expect((await seal(text(3_000))).byteLength).toBe(3_006);
      expect((await seal(text(3_030))).byteLength).toBeLessThan(300);
      expect((await seal(randomBytes(5_000))).byteLength).toBe(5_006);
    });

    it(`is null to ${writer} when it is not whole, not of this version, or never was one`, async () => {
      const plain = await sealEntry(encode('a plain value'), { gzip: writing, compressAbove: 1e9 });
      const packed = await sealEntry(text(3_000), { gzip: writing, compressAbove: 0 });
      const header = (...bytes: number[]) => Uint8Array.of(...bytes, 0, 0, 0, 3, 1, 2, 3);
      const broken = [
        ...[plain, packed].flatMap((entry) =>
          [0, 1, 5, 6, entry.length - 1].map((end) => entry.subarray(0, end)),
        ),
        ...[plain, packed].map((entry) => Buffer.concat([entry, Buffer.of(0)])),
        ...[0, 2, 123, 255].map((version) => header(version, 0)),
        ...[1, 2, 255].map((encoding) => header(1, encoding)),
        changed(packed, 20),
        changed(packed, packed.length - 6),
        encode('{"an":"entry of long ago"}'),
        gzipSync('{}'),
      ];
      for (const entry of broken) {
        const value = await openEntry(entry, writing);
        // A byte after the end of gzip is the one thing that some readers pass over; the value is whole all the same.
        if (value !== null) expect(Buffer.from(value).equals(text(3_000))).toBe(true);
      }
      expect(await openEntry(header(1, 0), writing)).toEqual(Uint8Array.of(1, 2, 3));
    });

    it(`cannot make ${writer} take more memory than it says, nor say more than it can hold`, async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      for (const length of [10, 200_000, 0xffffffff]) {
        const entry = Buffer.concat([Buffer.of(1, 1, 0, 0, 0, 0), bomb]);
        entry.writeUInt32BE(length, 2);
        const before = process.memoryUsage().arrayBuffers;
        expect(await openEntry(entry, writing)).toBeNull();
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
      }
    });
  }

  it('shares no bytes with the value, either way', async () => {
    const value = encode('value');
    const entry = await sealEntry(value, { gzip: nodeGzip, compressAbove: 1e9 });
    value.fill(0);
    const opened = await openEntry(entry, nodeGzip);
    entry.fill(0);
    expect(new TextDecoder().decode(opened ?? undefined)).toBe('value');
  });
});

function encode(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value);
}

function changed(entry: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(entry);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
