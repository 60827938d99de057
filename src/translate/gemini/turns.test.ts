import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, objectsIn } from '../../json.ts';
import type { Message, ToolCallPart, ToolResultPart } from '../hub/conversation.ts';
import { assistant, GOOGLE, user, VERTEX, write } from './testing.ts';

const call = (
  id: string,
  name: string,
  args = '{}',
  kind: ToolCallPart['kind'] = 'function',
): ToolCallPart => ({
  type: 'tool_call',
  id,
  name,
  arguments: args,
  kind,
  at: `call ${id}`,
});
const result = (callId: string, fields: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: `of ${callId}`, at: '' }],
  isError: false,
  kind: 'function',
  at: `result ${callId}`,
  ...fields,
});
const ask = user({ type: 'text', text: 'Hi', at: '' });
const png = { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } as const;
const PNG = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };

function turns(messages: Message[], model?: string, provider = GOOGLE): JsonObject[] {
  return write({ messages }, model, provider).body.contents as JsonObject[];
}
const functionResponse = (id: string, name: string) => ({
  functionResponse: { id, name, response: { output: `of ${id}` } },
});

describe('case 19: the results of a turn’s calls', () => {
  it('stand together in the next turn, in the order of the calls, before everything else, with the names of the calls', () => {
    const contents = turns([
      ask,
      assistant(call('a', 'add'), call('b', 'multiply')),
      user({ type: 'text', text: 'So?', at: '' }, result('b')),
      user(result('a')),
    ]);
    expect(contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'add', args: {} } },
          { functionCall: { id: 'b', name: 'multiply', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [functionResponse('a', 'add'), functionResponse('b', 'multiply'), { text: 'So?' }],
      },
    ]);
  });

  it('go back to their turn from further down', () => {
    const contents = turns([
      ask,
      assistant(call('a', 'add')),
      ask,
      assistant(call('b', 'add')),
      user(result('a'), result('b')),
    ]);
    expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user', 'model', 'user']);
    expect(contents[2]?.parts).toEqual([functionResponse('a', 'add'), { text: 'Hi' }]);
  });

  it('case 57: are told apart where two turns gave calls the same id', () => {
    const contents = turns([
      ask,
      assistant(call('call_1', 'add')),
      user(result('call_1')),
      assistant(call('call_1', 'multiply')),
      user(result('call_1')),
    ]);
    expect(contents[2]?.parts).toEqual([functionResponse('call_1', 'add')]);
    expect(contents[4]?.parts).toEqual([functionResponse('call_1', 'multiply')]);
  });

  it.each([
    ['a call without a result', [ask, assistant(call('a', 'x')), ask], 'call a'],
    ['a call at the end', [ask, assistant(call('a', 'x'))], 'call a'],
    ['a result without a call', [ask, user(result('a'))], 'result a'],
    ['a second result', [ask, assistant(call('a', 'x')), user(result('a'), result('a'))], 'result a'],
    ['two calls of one id', [ask, assistant(call('a', 'x'), call('a', 'y')), user(result('a'))], 'call a'],
  ])('are refused in the client’s words: %s', (_, messages, param) => {
    expect(() => write({ messages })).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  it('have no ids on Vertex', () => {
    const contents = turns([ask, assistant(call('a', 'add')), user(result('a'))], undefined, VERTEX);
    expect(contents[1]?.parts).toEqual([{ functionCall: { name: 'add', args: {} } }]);
    expect(contents[2]?.parts).toEqual([{ functionResponse: { name: 'add', response: { output: 'of a' } } }]);
  });
});

describe('case 20: what a tool gives', () => {
  const answer = (fields: Partial<ToolResultPart>, model?: string) =>
    turns([ask, assistant(call('a', 'look')), user(result('a', fields))], model)[2]?.parts;

  it('is an error if it says so', () => {
    expect(answer({ isError: true })).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { error: 'of a' } } },
    ]);
  });

  const content: ToolResultPart['content'] = [
    { type: 'text', text: 'one', at: '' },
    { type: 'image', source: png, at: '' },
    { type: 'document', source: { kind: 'text', text: 'two' }, at: '' },
  ];

  it('holds images since the third generation', () => {
    expect(answer({ content }, 'gemini-3-pro-preview')).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { output: 'one\ntwo' }, parts: [PNG] } },
    ]);
  });

  it('has images beside it before', () => {
    expect(answer({ content })).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { output: 'one\ntwo' } } },
      PNG,
    ]);
  });

  it('may be nothing', () => {
    expect(answer({ content: [] })).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { output: '' } } },
    ]);
  });
});

describe('case 21: arguments', () => {
  const args = (text: string, kind?: ToolCallPart['kind']) => {
    const [, content] = turns([ask, assistant(call('a', 'x', text, kind)), user(result('a'))]);
    const [part] = objectsIn(content?.parts);
    return objectAt(part, 'functionCall').args;
  };

  it('are an object, with its keys in their order', () => {
    expect(JSON.stringify(args('{"b":1,"a":[{"d":2,"c":3}]}'))).toBe('{"b":1,"a":[{"d":2,"c":3}]}');
  });
  it('case 9: may be empty', () => expect(args('')).toEqual({}));
  it.each(['{"a":', '[1]', '"text"', 'null'])('that are no object are not lost: %s', (text) => {
    expect(args(text)).toEqual({ arguments: text });
  });
  it('of a custom tool are its text', () => {
    expect(args('{"not":"parsed"}', 'custom')).toEqual({ input: '{"not":"parsed"}' });
  });
});
