import { describe, expect, it } from 'vitest';
import { relay } from './relay.ts';
import { createSseTap, type StreamEnd } from './sse-tap.ts';

const encoder = new TextEncoder();

interface Setup {
  readonly hide?: (data: string) => boolean;
}

/** A chat stream through the relay; `state` follows `[DONE]`. */
function setup(chunks: readonly (string | Error)[], { hide }: Setup = {}) {
  const seen: string[] = [];
  const ends: StreamEnd[] = [];
  let pulls = 0;
  let cancelled = false;
  const left = [...chunks];
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulls++;
        const next = left.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(encoder.encode(next));
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const tap = createSseTap({
    reader: {
      line: (line) => void seen.push(line),
      state: () => (seen.includes('data: [DONE]') ? 'finished' : 'open'),
    },
    hide: hide ?? null,
    brokenEvent: () => 'data: {"error":{}}\n\n',
    waiting: () => {},
    onFirstByte: () => {},
    onEnd: (end) => void ends.push(end),
  });
  return { stream: relay(source, tap), seen, ends, pulls: () => pulls, cancelled: () => cancelled };
}

const text = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a relayed stream', () => {
  it('passes bytes as they are and reads them on the way', async () => {
    const { stream, seen, ends } = setup(['data: {"a"', ':1}\r\n\r\n: hm\n', 'data: [DONE]\n\n']);
    expect(await text(stream)).toBe('data: {"a":1}\r\n\r\n: hm\ndata: [DONE]\n\n');
    expect(seen).toContain('data: {"a":1}');
    expect(ends).toEqual(['finished']);
  });

  it('reads no more than the client takes', async () => {
    const { stream, pulls } = setup(['data: 1\n\n', 'data: 2\n\n', 'data: [DONE]\n\n']);
    const reader = stream.getReader();
    await reader.read();
    await Promise.resolve();
    expect(pulls()).toBe(1);
  });

  it('ends with the error event when the upstream ends without its terminal event', async () => {
    const { stream, ends } = setup(['data: 1\n\n']);
    expect(await text(stream)).toBe('data: 1\n\ndata: {"error":{}}\n\n');
    expect(ends).toEqual(['cut']);
  });

  it('ends a torn line before the error event', async () => {
    const { stream } = setup(['data: {"a', new Error('reset')]);
    expect(await text(stream)).toBe('data: {"a\n\ndata: {"error":{}}\n\n');
  });

  it('takes a break after the terminal event for an end', async () => {
    const { stream, ends } = setup(['data: [DONE]\n\n', new Error('reset')]);
    expect(await text(stream)).toBe('data: [DONE]\n\n');
    expect(ends).toEqual(['finished']);
  });

  it('tells the upstream when the client leaves', async () => {
    const { stream, ends, cancelled } = setup(['data: 1\n\n', 'data: 2\n\n']);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect(cancelled()).toBe(true);
    expect(ends).toEqual(['cancelled']);
  });

  it.each([1, 3, 1000])('hides the events it is told to, in chunks of %i', async (size) => {
    const all = 'data: 1\n\ndata: {"usage":1}\n\ndata: [DONE]\n\n';
    const chunks = all.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const { stream, seen } = setup(chunks, { hide: (data) => data.includes('usage') });
    expect(await text(stream)).toBe('data: 1\n\ndata: [DONE]\n\n');
    expect(seen).toContain('data: {"usage":1}');
  });

  it('does not lose a terminal event without its blank line while hiding', async () => {
    const { stream } = setup(['data: 1\n\ndata: [DONE]'], { hide: () => false });
    expect(await text(stream)).toBe('data: 1\n\ndata: [DONE]');
  });

  it('is cancelled once, although a read was waiting', async () => {
    const calls: string[] = [];
    const source = new ReadableStream<Uint8Array>({}, { highWaterMark: 0 });
    const note = (name: string) => () => {
      calls.push(name);
      return null;
    };
    const tap = {
      chunk: note('chunk'),
      end: note('end'),
      fail: note('fail'),
      cancel: note('cancel'),
      waiting: () => {},
    };
    const reader = relay(source, tap).getReader();
    const read = reader.read();
    await nextTurn();
    await reader.cancel();
    expect(await read).toEqual({ done: true, value: undefined });
    await nextTurn();
    expect(calls).toEqual(['cancel']);
  });
});
