import { describe, expect, it } from 'vitest';
import { imageSize } from './image-size.ts';

const PNG = '89504e470d0a1a0a 0000000d 49484452 00000780 00000438 08 02 000000';
const GIF = '474946383961 8002 e001 f70000';
const WEBP_LOSSY = '52494646 24000000 57454250 56503820 18000000 300100 9d012a 2003 5802';
const WEBP_LOSSLESS = '52494646 24000000 57454250 5650384c 18000000 2f 1fc3 9500';
const WEBP_EXTENDED = '52494646 24000000 57454250 56503858 0a000000 10000000 1f0300 570200';
/** A header, a segment that is passed over, then the frame. */
const JPEG = 'ffd8 ffe0 0010 4a46494600010100000100010000 ffc4 0004 0000 ffc2 0011 08 0258 0320 03';

const base64 = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64');

describe('imageSize', () => {
  it.each([
    ['PNG', PNG, 1920, 1080],
    ['GIF', GIF, 640, 480],
    ['JPEG', JPEG, 800, 600],
    ['lossy WebP', WEBP_LOSSY, 800, 600],
    ['lossless WebP', WEBP_LOSSLESS, 800, 600],
    ['extended WebP', WEBP_EXTENDED, 800, 600],
  ])('reads that of a %s', (_, hex, width, height) => {
    expect(imageSize(base64(hex))).toEqual({ width, height });
  });

  it('finds that of a JPEG behind a hundred kilobytes of a camera', () => {
    const segment = `ffe1 c350 ${'00'.repeat(0xc350 - 2)}`;
    expect(imageSize(base64(`ffd8 ${segment} ${segment} ${JPEG.slice(4)}`))).toMatchObject({ width: 800 });
  });

  it.each([
    ['nothing', ''],
    ['what is no base64', '***'],
    ['another file', base64('255044462d312e37')],
    ['a PNG that stops short', base64(PNG.slice(0, 16))],
    ['a JPEG without a frame', base64('ffd8 ffe0 0010 4a46')],
    ['a JPEG whose segments have no length', base64('ffd8 ffe0 0000 ffe0 0000')],
  ])('says null of %s', (_, data) => expect(imageSize(data)).toBeNull());

  it('looks at the head only', () => {
    const data = base64(PNG).replaceAll('=', '') + 'A'.repeat(20_000_000);
    const from = performance.now();
    expect(imageSize(data)).toMatchObject({ width: 1920 });
    expect(performance.now() - from).toBeLessThan(200);
  });
});
