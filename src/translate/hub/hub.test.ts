import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors/gateway-error.ts';
import { Collected, partsOf } from './collect.ts';
import type { Tool } from './conversation.ts';
import { CustomToolUnwrapper, wrapCustomInput } from './custom-tools.ts';
import { LossList, settleLosses } from './losses.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { Reply, StreamPart } from './reply.ts';
import { isSealOf, packSeal, unpackSeal } from './seal.ts';
import { ANTHROPIC_NAMES, allowed, GEMINI_NAMES, OPENAI_NAMES, ToolNames } from './tool-names.ts';

const tool = (name: string, kind: 'function' | 'custom' = 'function'): Tool =>
  kind === 'function'
    ? { kind, name, schema: null, strict: null, at: '' }
    : { kind, name, format: null, at: '' };

describe('names of tools', () => {
  it('case 23: pass where they are allowed', () => {
    const names = new ToolNames({ tools: [tool('get_weather')] }, OPENAI_NAMES);
    expect(names.sent('get_weather')).toBe('get_weather');
    expect(names.received('get_weather')).toBe('get_weather');
  });

  it.each([
    ['OpenAI', OPENAI_NAMES, /^[A-Za-z0-9_-]{1,64}$/],
    ['Anthropic', ANTHROPIC_NAMES, /^[A-Za-z0-9_-]{1,128}$/],
    ['Gemini', GEMINI_NAMES, /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/],
  ])('case 23: go to %s and back whatever they are, and never meet', (_, rule, legal) => {
    const anyName = fc.oneof(
      fc.string({ minLength: 1, maxLength: 150 }),
      fc.stringMatching(/^[0-9A-Za-z_.:-]{1,3}$/),
    );
    const anyNames = fc.uniqueArray(anyName, { maxLength: 20 });
    fc.assert(
      fc.property(anyNames, (originals) => {
        const names = new ToolNames({ tools: originals.map((name) => tool(name)) }, rule);
        const sent = originals.map((name) => names.sent(name));
        expect(new Set(sent).size).toBe(originals.length);
        for (const name of sent) expect(name).toMatch(legal);
        expect(sent.map((name) => names.received(name))).toEqual(originals);
      }),
    );
  });

  it('know which tools take free text', () => {
    const names = new ToolNames({ tools: [tool('a.b', 'custom'), tool('c')] }, OPENAI_NAMES);
    expect(names.kindOf(names.sent('a.b'))).toBe('custom');
    expect(names.kindOf('c')).toBe('function');
  });

  it('case 23: an id gets the same form each time, two ids never the same', () => {
    expect(allowed('call_1', OPENAI_NAMES)).toBe('call_1');
    expect(allowed('a:1', OPENAI_NAMES)).toBe(allowed('a:1', OPENAI_NAMES));
    expect(allowed('a:1', OPENAI_NAMES)).not.toBe(allowed('a.1', OPENAI_NAMES));
    expect(allowed('x'.repeat(100), OPENAI_NAMES)).toHaveLength(64);
  });
});

describe('a seal', () => {
  it('case 37: comes back byte for byte, and says whose it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        const seal = { origin: 'openai', provider: 'azure-openai', data, id: 'rs_1' } as const;
        expect(unpackSeal(packSeal(seal), 'anthropic')).toEqual(seal);
      }),
    );
  });

  it('is packed once, however often an answer is read and written', () => {
    const packed = packSeal({ origin: 'gemini', provider: 'google', data: 'x' });
    expect(packSeal({ origin: 'openai', provider: 'openai', data: packed })).toBe(packed);
  });

  it('is its dialect’s own where nobody packed it', () => {
    expect(unpackSeal('EqQB', 'anthropic')).toEqual({ origin: 'anthropic', provider: null, data: 'EqQB' });
    expect(unpackSeal('le1.!!', 'openai')).toEqual({ origin: 'openai', provider: null, data: 'le1.!!' });
  });

  it('case 38: goes to none but its maker', () => {
    const seal = { origin: 'openai', provider: 'openai', data: 'x' } as const;
    expect(isSealOf(seal, 'openai', ['openai'])).toBe(true);
    expect(isSealOf(seal, 'azure-openai', ['openai'])).toBe(false);
    expect(isSealOf(seal, 'openai', ['anthropic'])).toBe(false);
    expect(isSealOf({ ...seal, provider: null }, 'azure-openai', ['openai'])).toBe(true);
  });
});

const start = (index: number): StreamPart => ({ type: 'block_start', index, block: { type: 'text' } });
const delta = (index: number, text: string): StreamPart => ({ type: 'text_delta', index, text });
const end = (index: number): StreamPart => ({ type: 'block_end', index });
const FINISH: StreamPart = { type: 'finish', finish: { reason: 'stop', stopSequence: null }, usage: null };

function inOrder(parts: readonly StreamPart[]): StreamPart[] {
  const order = new OneAtATime();
  return parts.flatMap((part) => order.push(part));
}

describe('blocks one at a time', () => {
  it('case 2: a later block waits for the first', () => {
    const parts = [start(0), start(1), delta(1, 'b'), delta(0, 'a'), end(1), end(0), FINISH];
    expect(inOrder(parts)).toEqual([
      start(0),
      delta(0, 'a'),
      end(0),
      start(1),
      delta(1, 'b'),
      end(1),
      FINISH,
    ]);
  });

  it('case 2: what is still open ends before the finish', () => {
    expect(inOrder([start(0), start(1), delta(1, 'b'), FINISH])).toEqual([
      start(0),
      end(0),
      start(1),
      delta(1, 'b'),
      end(1),
      FINISH,
    ]);
  });

  it('case 2: any interleaving has one block open, and loses nothing', () => {
    const steps = fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (moves) => {
        const parts = interleaved(moves);
        const out = inOrder([...parts, FINISH]);
        expectOneOpen(out);
        const texts = (list: readonly StreamPart[]) =>
          list.filter((part) => part.type === 'text_delta').toSorted((a, b) => a.index - b.index);
        expect(texts(out)).toEqual(texts(parts));
      }),
    );
  });
});

/** Block `n` starts at its first move, gets a delta at each, and ends where the move says so. */
function interleaved(moves: readonly (readonly [number, boolean])[]): StreamPart[] {
  const begun: number[] = [];
  const ended = new Set<number>();
  return moves.flatMap(([n, ends], i) => {
    if (ended.has(n)) return [];
    const isNew = !begun.includes(n);
    if (isNew) begun.push(n);
    const index = begun.indexOf(n);
    if (ends) ended.add(n);
    return [...(isNew ? [start(index)] : []), delta(index, `${i}`), ...(ends ? [end(index)] : [])];
  });
}

function expectOneOpen(parts: readonly StreamPart[]): void {
  let open: number | null = null;
  for (const part of parts) {
    if (part.type === 'block_start') {
      expect(open).toBeNull();
      open = part.index;
    } else if ('index' in part) {
      expect(part.index).toBe(open);
      if (part.type === 'block_end') open = null;
    }
  }
  expect(open).toBeNull();
}

describe('a wrapped custom tool', () => {
  it('case 26: is free text again, in one delta', () => {
    const unwrapper = new CustomToolUnwrapper();
    const args = wrapCustomInput('SELECT "a"');
    const block = { type: 'tool_call', id: 'c', name: 'sql', kind: 'custom' } as const;
    const parts: StreamPart[] = [
      { type: 'block_start', index: 0, block },
      ...[...args].map((text) => ({ type: 'arguments_delta', index: 0, text }) as const),
      end(0),
    ];
    expect(parts.flatMap((part) => unwrapper.push(part))).toEqual([
      parts[0],
      { type: 'arguments_delta', index: 0, text: 'SELECT "a"' },
      end(0),
    ]);
  });
});

describe('an answer', () => {
  it('is the same after it was a stream', () => {
    const reply: Reply = {
      id: 'x',
      model: 'm',
      content: [
        { type: 'reasoning', text: 'hm', seal: { origin: 'gemini', provider: 'google', data: 's' }, at: '' },
        { type: 'text', text: 'Hi', citations: [{ kind: 'url', url: 'https://a', title: 'A' }], at: '' },
        { type: 'tool_call', id: 'c', name: 'f', arguments: '{}', kind: 'function', at: '' },
      ],
      finish: { reason: 'tool_calls', stopSequence: null },
      usage: null,
    };
    const collected = new Collected();
    for (const part of partsOf(reply)) collected.add(part);
    expect(collected.content()).toEqual(reply.content);
    expect(collected).toMatchObject({ id: 'x', model: 'm', finish: reply.finish });
  });
});

describe('losses', () => {
  const place = { provider: 'anthropic', model: 'claude' };
  const list = () => {
    const losses = new LossList({ seed: 'seed' });
    losses.unsupported('seed', 'it has no counterpart there');
    losses.unsupported('messages[0].content[1]', 'it takes no audio');
    losses.omitted('user');
    return losses;
  };

  it('refuse the call with every field at once', () => {
    expect(() => settleLosses(list(), place, false)).toThrow(GatewayError);
    expect(() => settleLosses(list(), place, false)).toThrow(/"seed".*"messages\[0\]\.content\[1\]"/);
  });

  it('are named where the operator allows them', () => {
    expect(settleLosses(list(), place, true)).toEqual(['seed', 'messages[0].content[1]', 'user']);
  });
});
