export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Enough for the metadata that cameras put before the size of a JPEG. */
const HEAD_CHARS = 256 * 1024;

/** Pixels of a PNG, JPEG, GIF or WebP, read from its head; null for anything else and for what is broken. */
export function imageSize(base64: string): ImageSize | null {
  const head = new Head(decodeHead(base64));
  const size = png(head) ?? gif(head) ?? webp(head) ?? jpeg(head);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

function decodeHead(base64: string): string {
  try {
    return atob(base64.slice(0, HEAD_CHARS));
  } catch {
    return '';
  }
}

/** Bytes as the characters that `atob` makes of them; 0 behind their end. */
class Head {
  readonly #bytes: string;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  has(text: string, at: number): boolean {
    return this.#bytes.startsWith(text, at);
  }

  byte(at: number): number {
    return at < this.#bytes.length ? this.#bytes.charCodeAt(at) : 0;
  }

  bigEndian16(at: number): number {
    return (this.byte(at) << 8) | this.byte(at + 1);
  }

  littleEndian(at: number, bytes: 2 | 3 | 4): number {
    let value = 0;
    for (let i = bytes - 1; i >= 0; i -= 1) value = value * 256 + this.byte(at + i);
    return value;
  }
}

/** https://www.w3.org/TR/png/#11IHDR ; sizes have four bytes, of which no real picture needs the upper two. */
function png(head: Head): ImageSize | null {
  if (!head.has('\x89PNG', 0)) return null;
  return { width: head.bigEndian16(18), height: head.bigEndian16(22) };
}

function gif(head: Head): ImageSize | null {
  if (!head.has('GIF8', 0)) return null;
  return { width: head.littleEndian(6, 2), height: head.littleEndian(8, 2) };
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(head: Head): ImageSize | null {
  if (!head.has('RIFF', 0) || !head.has('WEBP', 8)) return null;
  if (head.has('VP8X', 12))
    return { width: head.littleEndian(24, 3) + 1, height: head.littleEndian(27, 3) + 1 };
  if (head.has('VP8L', 12)) {
    const bits = head.littleEndian(21, 4);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: head.littleEndian(26, 2) & 0x3fff, height: head.littleEndian(28, 2) & 0x3fff };
}

/** Goes from segment to segment to the first that starts a frame (SOF; ITU T.81, table B.1). */
function jpeg(head: Head): ImageSize | null {
  if (!head.has('\xff\xd8', 0)) return null;
  let at = 2;
  while (at < head.length && head.byte(at) === 0xff) {
    const marker = head.byte(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: head.bigEndian16(at + 7), height: head.bigEndian16(at + 5) };
    at += 2 + Math.max(head.bigEndian16(at + 2), 2);
  }
  return null;
}
