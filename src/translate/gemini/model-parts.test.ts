import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart, ReasoningPart } from '../hub/conversation.ts';
import { assistant, user, write } from './testing.ts';

const seal = (data: string, text = '', provider: string | null = 'google'): ReasoningPart => ({
  type: 'reasoning',
  text,
  seal: { origin: 'gemini', provider, data },
  at: `reasoning ${data}`,
});
const text = (words: string): AssistantPart => ({ type: 'text', text: words, at: '' });
const call = (id: string): AssistantPart => ({
  type: 'tool_call',
  id,
  name: 'f',
  arguments: '{}',
  kind: 'function',
  at: '',
});
const called = (id: string, thoughtSignature?: string): JsonObject => ({
  functionCall: { id, name: 'f', args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
});
const NONE = 'skip_thought_signature_validator';

function modelTurn(parts: AssistantPart[], model = 'gemini-3-pro-preview') {
  const results = parts
    .filter((part) => part.type === 'tool_call')
    .map(
      ({ id }) =>
        ({ type: 'tool_result', callId: id, content: [], isError: false, kind: 'function', at: '' }) as const,
    );
  const { body, omitted } = write({ messages: [user(), assistant(...parts), user(...results)] }, model);
  const content = (body.contents as { role: string; parts: JsonObject[] }[]).find(
    ({ role }) => role === 'model',
  );
  return { parts: content?.parts ?? [], omitted };
}

describe('case 37: thought signatures come back byte for byte', () => {
  it('on the part that follows', () => {
    const { parts } = modelTurn([text('Let me see.'), seal('S+/='), call('a'), call('b')]);
    expect(parts).toEqual([{ text: 'Let me see.' }, called('a', 'S+/='), called('b')]);
  });

  it('on each of several steps', () => {
    const { parts } = modelTurn([seal('S1'), text('One'), seal('S2'), call('a')]);
    expect(parts).toEqual([{ text: 'One', thoughtSignature: 'S1' }, called('a', 'S2')]);
  });

  it('on the thought that they came with', () => {
    const { parts } = modelTurn([seal('S', 'Hm.'), text('Yes.')]);
    expect(parts).toEqual([{ text: 'Hm.', thought: true, thoughtSignature: 'S' }, { text: 'Yes.' }]);
  });

  it('on an empty text at the end', () => {
    expect(modelTurn([text('Yes.'), seal('S')]).parts).toEqual([
      { text: 'Yes.' },
      { text: '', thoughtSignature: 'S' },
    ]);
  });

  it('on the first call, from a client that has all reasoning in front', () => {
    expect(modelTurn([seal('S'), text('Let me see.'), call('a')]).parts).toEqual([
      { text: 'Let me see.' },
      called('a', 'S'),
    ]);
    expect(modelTurn([seal('S1'), seal('S2'), text('Well.'), call('a')]).parts).toEqual([
      { text: 'Well.', thoughtSignature: 'S1' },
      called('a', 'S2'),
    ]);
  });

  it('where they were before the third generation, which checks none', () => {
    expect(modelTurn([seal('S'), text('Let me see.'), call('a')], 'gemini-2.5-pro').parts).toEqual([
      { text: 'Let me see.', thoughtSignature: 'S' },
      called('a'),
    ]);
  });
});

describe('what another model thought', () => {
  it.each([
    ['Anthropic’s', { origin: 'anthropic', provider: 'anthropic', data: 'x' }],
    ['that of a Gemini elsewhere', { origin: 'gemini', provider: 'vertex', data: 'x' }],
    ['without a seal', null],
  ] as const)('is left out and named: %s', (_, foreign) => {
    const part: ReasoningPart = {
      type: 'reasoning',
      text: 'Hm.',
      seal: foreign,
      at: 'messages[1].reasoning',
    };
    const { parts, omitted } = modelTurn([part, text('Yes.')]);
    expect(parts).toEqual([{ text: 'Yes.' }]);
    expect(omitted).toEqual(['messages[1].reasoning']);
  });

  it('leaves calls unsigned, which the third generation is told of', () => {
    expect(modelTurn([call('a'), call('b')]).parts).toEqual([called('a', NONE), called('b')]);
    expect(modelTurn([call('a')], 'gemini-flash-latest').parts).toEqual([called('a', NONE)]);
    expect(modelTurn([call('a')], 'gemini-2.5-flash').parts).toEqual([called('a')]);
  });
});

describe('case 24: what the provider’s own tools did', () => {
  const at = 'messages[1].content[0]';
  const step = (raw: JsonObject): AssistantPart => ({
    type: 'server_tool',
    id: 'x',
    name: 's',
    phase: 'call',
    raw,
    at,
  });

  it('comes back as it came', () => {
    const raw = { toolCall: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB', args: {} }, thoughtSignature: 'S' };
    expect(modelTurn([step(raw)]).parts).toEqual([raw]);
  });

  it('is left out where another provider did it', () => {
    const { parts, omitted } = modelTurn([step({ type: 'server_tool_use' }), text('x')]);
    expect(parts).toEqual([{ text: 'x' }]);
    expect(omitted).toEqual([at]);
  });
});
