import { describe, expect, it } from 'vitest';
import { type Ask, AUTO, type Turn } from './ask.ts';
import { inputTokens, type Plan, plan } from './model.ts';
import { countTokens, tokenize } from './tokens.ts';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const TOOLS = [
  { name: 'get_weather', schema: city },
  { name: 'get_time', schema: {} },
];

function ask(text: string, more: Partial<Ask> = {}): Ask {
  const turns: Turn[] = [{ kind: 'user', text }];
  return {
    turns,
    tools: [],
    choice: AUTO,
    parallelCalls: true,
    json: null,
    maxTokens: null,
    stop: [],
    ...more,
  };
}

const textOf = ({ pieces }: Plan): string => pieces.join('');
const callsOf = ({ calls }: Plan): string[] => calls.map((call) => call.name);

describe('what is said', () => {
  it('echoes the last user, not what came after', () => {
    const turns: Turn[] = [
      { kind: 'system', text: 'be kind' },
      { kind: 'user', text: 'first' },
      { kind: 'assistant', text: 'a' },
      { kind: 'user', text: 'second' },
      { kind: 'assistant', text: 'prefill' },
    ];
    expect(textOf(plan(ask('', { turns }), 'echo'))).toBe('second');
  });

  it('says as many words of lorem as it may', () => {
    for (const [maxTokens, words] of [
      [null, 120],
      [7, 7],
      [1000, 1000],
      [1_000_000_000, 50_000],
    ] as const) {
      const said = plan(ask('x', { maxTokens }), 'lorem');
      expect(textOf(said).split(' ')).toHaveLength(words);
      expect(said).toMatchObject({ outputTokens: words, finish: 'stop' });
    }
  });

  it('stops at the limit', () => {
    expect(plan(ask('one two three', { maxTokens: 2 }), 'echo')).toMatchObject({
      pieces: ['one', ' two'],
      finish: 'length',
      outputTokens: 2,
    });
    expect(plan(ask('one two three', { maxTokens: 3 }), 'echo')).toMatchObject({ finish: 'stop' });
  });

  it('stops before the first of the stop sequences', () => {
    const said = plan(ask('one two three', { stop: ['three', ' two', ''] }), 'echo');
    expect(said).toMatchObject({ pieces: ['one'], finish: 'stop_sequence', stopSequence: ' two' });
  });

  it('answers with JSON when it has to', () => {
    expect(textOf(plan(ask('hi', { json: { schema: null } }), 'lorem'))).toBe('{"answer":"hi"}');
    expect(textOf(plan(ask('hi', { json: { schema: city } }), 'echo'))).toBe('{"city":"example"}');
  });
});

describe('whether tools are called', () => {
  const offered = { tools: TOOLS };
  it.each<[string, Partial<Ask>, string[]]>([
    ['hello', {}, []],
    ['use a tool', {}, ['get_weather']],
    ['a toolbox', {}, []],
    ['call get_time!', {}, ['get_time']],
    ['get_time and get_weather', {}, ['get_weather', 'get_time']],
    ['get_time and get_weather', { parallelCalls: false }, ['get_weather']],
    ['hello', { choice: { mode: 'required', names: null } }, ['get_weather']],
    ['hello', { choice: { mode: 'required', names: ['get_time'] } }, ['get_time']],
    ['use a tool', { choice: { mode: 'auto', names: ['get_time'] } }, ['get_time']],
    ['use a tool', { choice: { mode: 'none', names: null } }, []],
    ['use a tool', { tools: [] }, []],
    ['get_time', { json: { schema: city } }, ['get_time']],
  ])('%s %j', (text, more, names) => {
    const said = plan(ask(text, { ...offered, ...more }), 'echo');
    expect(callsOf(said)).toEqual(names);
    expect(said.finish === 'tool_calls').toBe(names.length > 0);
  });

  it('answers with every result that came in, even when a call is required', () => {
    const turns: Turn[] = [
      { kind: 'user', text: 'get_time get_weather' },
      { kind: 'assistant', text: '' },
      { kind: 'tool_result', text: 'sunny' },
      { kind: 'tool_result', text: 'noon' },
    ];
    const said = plan(ask('', { ...offered, turns, choice: { mode: 'required', names: null } }), 'lorem');
    expect(textOf(said)).toBe('The tool answered: sunny\nnoon');
  });

  it('calls again when the user speaks after a result', () => {
    const turns: Turn[] = [
      { kind: 'tool_result', text: 'sunny' },
      { kind: 'user', text: 'get_time' },
    ];
    expect(callsOf(plan(ask('', { ...offered, turns }), 'echo'))).toEqual(['get_time']);
  });

  it('leaves out the call that the limit does not allow', () => {
    const said = plan(ask('get_weather get_time', { ...offered, maxTokens: 9 }), 'echo');
    expect(callsOf(said)).toEqual(['get_weather']);
    expect(said.finish).toBe('length');
    expect(said.outputTokens).toBeLessThanOrEqual(9);
  });
});

describe('tokens', () => {
  it('joined give the text, whatever it is made of', () => {
    for (const text of [
      '',
      '  a\n\n\tb  ',
      'Donaudampfschiff',
      '日本語のテキスト',
      '👩‍👩‍👧 ok',
      ' \ud800x',
    ]) {
      expect(tokenize(text).join('')).toBe(text);
    }
  });

  it('are about four characters of English', () => {
    const text =
      'The gateway stands between an application and the providers of language models, and counts what passes.';
    expect(text.length / countTokens(text)).toBeGreaterThan(3.4);
    expect(text.length / countTokens(text)).toBeLessThan(4.8);
  });

  it('of the input are those of all turns and tools', () => {
    expect(inputTokens(ask('one two'))).toBe(2 + 3);
    expect(inputTokens(ask('one two', { tools: TOOLS }))).toBeGreaterThan(10);
  });
});
