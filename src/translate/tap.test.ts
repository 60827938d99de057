import { describe, expect, it } from 'vitest';
import { UpstreamFault } from '../ports/fetch.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';
import type { StreamPart } from './hub/reply.ts';
import { TranslatingTap } from './tap.ts';

const USAGE = {
  input: 3,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 9,
  reasoning: 0,
  estimated: false,
};
const FINISH: StreamPart = {
  type: 'finish',
  finish: { reason: 'stop', stopSequence: null },
  usage: USAGE,
};

/** A provider whose events are the parts themselves; a client who is told their types. */
function setup(held: readonly StreamPart[] = []) {
  const ends: [StreamEnd, unknown][] = [];
  let waits = 0;
  const tap = new TranslatingTap({
    reader: { event: (_name, data) => [JSON.parse(data) as StreamPart], end: () => held },
    writer: {
      write: (part) =>
        part.type === 'ping'
          ? ''
          : part.type === 'error'
            ? `error ${part.error.message}\n`
            : `${part.type}\n`,
    },
    broken: (fault) => ({
      status: 502,
      type: 'x',
      code: null,
      message: fault instanceof UpstreamFault ? fault.kind : 'unknown',
      param: null,
    }),
    waiting: () => waits++,
    onFirstByte: () => {},
    onEnd: (end, fault) => ends.push([end, fault]),
  });
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));
  return { tap, ends, text, send: (part: StreamPart) => text(tap.chunk(event(part))) };
}

const event = (part: StreamPart) => new TextEncoder().encode(`data: ${JSON.stringify(part)}\n\n`);
const DELTA: StreamPart = { type: 'text_delta', index: 0, text: 'eight ch' };

describe('a translated stream', () => {
  it('passes what the events become, at once, and nothing for nothing', () => {
    const { tap, send, text, ends } = setup();
    expect(send(DELTA)).toBe('text_delta\n');
    expect(send({ type: 'ping' })).toBeNull();
    expect(send(FINISH)).toBe('finish\n');
    expect(text(tap.end())).toBeNull();
    expect(ends).toEqual([['finished', null]]);
    expect(tap.usage({ ...USAGE, input: 1 })).toEqual(USAGE);
  });

  it('puts events together over any borders', () => {
    const { tap, text } = setup();
    const out = Array.from(event(DELTA), (byte) => text(tap.chunk(Uint8Array.of(byte))) ?? '');
    expect(out.join('')).toBe('text_delta\n');
  });

  it('case 5: says nothing after the end', () => {
    const { send } = setup();
    send(FINISH);
    expect(send(DELTA)).toBeNull();
  });

  it('case 12: a provider without a terminal event was cut, and the client is told', () => {
    const { tap, send, text, ends } = setup();
    send(DELTA);
    expect(text(tap.end())).toBe('error cut\n');
    expect(ends[0]?.[0]).toBe('cut');
    expect(tap.usage({ ...USAGE, output: 0 })).toMatchObject({ input: 3, output: 2, estimated: true });
  });

  it('takes what the reader held back for the end, also when the connection breaks after it', () => {
    const clean = setup([FINISH]);
    expect(clean.text(clean.tap.end())).toBe('finish\n');
    const broken = setup([FINISH]);
    expect(broken.text(broken.tap.fail(new UpstreamFault('cut', 'reset')))).toBe('finish\n');
    expect(broken.ends).toEqual([['finished', null]]);
  });

  it('case 12: an error of the provider ends it, in the client’s words', () => {
    const { tap, send, text, ends } = setup();
    const error = { status: 529, type: 'overloaded_error', code: null, message: 'busy', param: null };
    expect(send({ type: 'error', error })).toBe('error busy\n');
    expect(text(tap.end())).toBeNull();
    expect(ends).toEqual([['error_event', null]]);
  });

  it('charges a client that leaves for what passed', () => {
    const { tap, send, ends } = setup();
    send(DELTA);
    tap.cancel();
    expect(ends).toEqual([['cancelled', null]]);
    expect(tap.usage({ ...USAGE, output: 0 }).output).toBe(2);
  });
});
