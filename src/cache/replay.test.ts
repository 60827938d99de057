import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { within } from '../../tests/support/wait.ts';
import { joinBytes } from '../bytes.ts';
import { chunkLengths } from './chunks.ts';
import { type ReplayOptions, replay } from './replay.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const EVENTS = ['data: 1\n\n', 'data: {"usage":1}\n\n', 'data: [DONE]\n\n'];
const isUsage = (data: string) => data === '{"usage":1}';

function recorded(texts: readonly string[]) {
  const chunks = texts.map((text) => encoder.encode(text));
  return { body: joinBytes(chunks), chunks: chunkLengths(chunks) };
}

async function replayed(texts: readonly string[], options: Partial<ReplayOptions> = {}): Promise<string[]> {
  const got: string[] = [];
  for await (const chunk of replay(recorded(texts), { hide: null, pace: null, ...options })) {
    got.push(decoder.decode(chunk));
  }
  return got;
}

describe('a replayed stream', () => {
  it('comes in the chunks in which it was recorded', async () => {
    expect(await replayed(EVENTS)).toEqual(EVENTS);
    expect(await replayed([])).toEqual([]);
    expect(await replayed(['dat', 'a: 1\n', '\n'])).toEqual(['dat', 'a: 1\n', '\n']);
  });

  it('leaves out what this client did not ask for', async () => {
    expect(await replayed(EVENTS, { hide: isUsage })).toEqual([EVENTS[0], EVENTS[2]]);
    expect(await replayed([EVENTS.join('')], { hide: isUsage })).toEqual(['data: 1\n\ndata: [DONE]\n\n']);
  });

  it.each([1, 2, 5, 13])('leaves it out of chunks of %i bytes', async (size) => {
    const pieces = EVENTS.join('').match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const got = await replayed(pieces, { hide: isUsage });
    expect(got.join('')).toBe('data: 1\n\ndata: [DONE]\n\n');
  });

  it('keeps an event at the end that has no blank line', async () => {
    expect(await replayed(['data: 1\n\ndata: [DONE]'], { hide: isUsage })).toEqual([
      'data: 1\n\n',
      'data: [DONE]',
    ]);
    expect(await replayed(['data: 1\n\ndata: {"usage":1}'], { hide: isUsage })).toEqual(['data: 1\n\n']);
  });

  it('may take its time, but not for the first chunk', async () => {
    const clock = createFakeClock();
    const pace = { clock, msPerChunk: 20 };
    const reader = replay(recorded(['a', 'b']), { hide: null, pace }).getReader();
    expect((await within('the first', reader.read())).done).toBe(false);
    let isHere = false;
    const second = reader.read().then(() => {
      isHere = true;
    });
    await clock.advance(19);
    expect(isHere).toBe(false);
    await clock.advance(1);
    await within('the second', second);
    expect((await within('the end', reader.read())).done).toBe(true);
  });

  it('stops its timer when the client leaves', async () => {
    const clock = createFakeClock();
    let timers = 0;
    const counting = {
      ...clock,
      after: (ms: number, fire: () => void) => {
        timers++;
        const stop = clock.after(ms, fire);
        return () => {
          timers--;
          stop();
        };
      },
    };
    const pace = { clock: counting, msPerChunk: 20 };
    const reader = replay(recorded(['a', 'b']), { hide: null, pace }).getReader();
    await reader.read();
    const second = reader.read();
    await clock.advance(1);
    expect(timers).toBe(1);
    await within('the cancel', reader.cancel());
    expect(await second).toEqual({ done: true, value: undefined });
    expect(timers).toBe(0);
  });
});
