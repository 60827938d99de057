import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart, Message, UserPart } from '../hub/conversation.ts';
import { assistant, system, user, write } from './testing.ts';

function call(id: string, at: string, args = '{"a":1}'): AssistantPart {
  return { type: 'tool_call', id, name: 'f', arguments: args, kind: 'function', at };
}

function calls(at: string, ...ids: string[]): Message {
  return { role: 'assistant', content: ids.map((id, i) => call(id, `${at}.tool_calls[${i}]`)), at };
}

function result(callId: string, at: string, text = 'r'): Message {
  const content: UserPart[] = [
    {
      type: 'tool_result',
      callId,
      content: [{ type: 'text', text, at }],
      isError: false,
      kind: 'function',
      at,
    },
  ];
  return { role: 'user', content, at };
}

function says(content: UserPart[], at = 'messages[0]'): Message {
  return { role: 'user', content, at };
}

function messagesOf(messages: Message[], model?: string): JsonObject[] {
  return write({ messages }, model).body.messages as JsonObject[];
}

function blocksOf(message: JsonObject | undefined): JsonObject[] {
  return (message?.content ?? []) as JsonObject[];
}

/** Roles with the types of their blocks. */
function outline(messages: JsonObject[]): string[] {
  return messages.map(({ role, content }) => {
    const blocks = content as JsonObject[];
    return `${String(role)}: ${blocks.map((block) => block.tool_use_id ?? block.id ?? block.type).join(' ')}`;
  });
}

describe('turns', () => {
  it('case 19: all results of a turn stand first in one user turn right after it, wherever the client put them', () => {
    const messages = [
      user('q', 'messages[0]'),
      calls('messages[1]', 'a', 'b'),
      result('b', 'messages[2]'),
      user('more', 'messages[3]'),
      result('a', 'messages[4]'),
      assistant('x', 'messages[5]'),
      user('bye', 'messages[6]'),
    ];
    expect(outline(messagesOf(messages))).toEqual([
      'user: text',
      'assistant: a b',
      'user: b a text',
      'assistant: text',
      'user: text',
    ]);
  });

  it('case 19: a result that comes late still goes to its call', () => {
    const messages = [
      user('q'),
      calls('m[1]', 'a', 'b'),
      result('a', 'm[2]'),
      calls('m[3]', 'c'),
      result('c', 'm[4]'),
      result('b', 'm[5]'),
    ];
    expect(outline(messagesOf(messages))).toEqual([
      'user: text',
      'assistant: a b',
      'user: a b',
      'assistant: c',
      'user: c',
    ]);
  });

  it.each([
    ['a result without a call', [user('q'), result('a', 'messages[1]')], 'messages[1]'],
    [
      'a result that comes twice',
      [user('q'), calls('m', 'a'), result('a', 'x'), result('a', 'messages[3]')],
      'messages[3]',
    ],
    [
      'a call without a result',
      [user('q'), calls('messages[1]', 'a'), user('and?', 'm')],
      'messages[1].tool_calls[0]',
    ],
  ])('case 19: refuses %s by its name', (_, messages, param) => {
    expect(() => messagesOf(messages)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  it('case 19: an id that is used again belongs to the later call', () => {
    const messages = [
      user('q'),
      calls('m[1]', 'a'),
      result('a', 'm[2]'),
      calls('m[3]', 'a'),
      result('a', 'm[4]'),
    ];
    expect(outline(messagesOf(messages))).toEqual([
      'user: text',
      'assistant: a',
      'user: a',
      'assistant: a',
      'user: a',
    ]);
  });

  it('case 30: merges messages of one role and leaves out blank texts', () => {
    const messages = [
      user('a'),
      user(' \n', 'm[1]'),
      user('b', 'm[2]'),
      assistant('', 'm[3]'),
      user('c', 'm[4]'),
    ];
    expect(messagesOf(messages)).toEqual([
      { role: 'user', content: ['a', 'b', 'c'].map((text) => ({ type: 'text', text })) },
    ]);
  });

  it('case 30: a user begins, even where none does', () => {
    expect(outline(messagesOf([assistant('hello', 'm[0]'), user('hi', 'm[1]')]))).toEqual([
      'user: text',
      'assistant: text',
      'user: text',
    ]);
    const { body } = write({ messages: [system('be kind', 'm[0]')] });
    expect(body).toMatchObject({ system: [{ text: 'be kind' }], messages: [{ role: 'user' }] });
  });

  it('case 31: an older model continues the last words of the assistant, without white space at their end', () => {
    const { body, unsupported } = write({ messages: [user('q'), assistant('{"a": ', 'm[1]')] });
    expect((body.messages as JsonObject[])[1]?.content).toEqual([{ type: 'text', text: '{"a":' }]);
    expect(unsupported).toEqual([]);
  });

  it('case 31: a newer one cannot, which is named', () => {
    const messages = [user('q'), assistant('{', 'messages[1]')];
    const { body, unsupported } = write({ messages }, 'claude-opus-4-6');
    expect(unsupported).toEqual(['messages[1]']);
    expect(outline(body.messages as JsonObject[])).toEqual(['user: text']);
  });

  it('case 31: an answer that paused in a server tool is continued by every model', () => {
    const raw = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    const paused: Message = {
      role: 'assistant',
      content: [{ type: 'server_tool', id: 'srvtoolu_1', name: 'web_search', phase: 'call', raw, at: 'x' }],
      at: 'messages[1]',
    };
    const { body, unsupported } = write({ messages: [user('q'), paused] }, 'claude-opus-5');
    expect(unsupported).toEqual([]);
    expect((body.messages as JsonObject[])[1]).toEqual({ role: 'assistant', content: [raw] });
  });
});

describe('instructions', () => {
  const late = [user('a', 'm[0]'), assistant('b', 'm[1]'), system('now in verse', 'm[2]'), user('c', 'm[3]')];

  it('case 28: those before all messages are hoisted, each as a block of its own', () => {
    const messages = [system('one', 'm[0]'), system('two', 'm[1]'), user('q', 'm[2]')];
    const { body, omitted } = write({ messages });
    expect(body.system).toEqual([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ]);
    expect(outline(body.messages as JsonObject[])).toEqual(['user: text']);
    expect(omitted).toEqual([]);
  });

  it('case 28: later ones follow the turn of the user as system turns where the model takes them', () => {
    const { body, omitted } = write({ messages: late }, 'claude-opus-5');
    expect((body.messages as JsonObject[]).slice(2)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
      { role: 'system', content: [{ type: 'text', text: 'now in verse' }] },
    ]);
    expect(omitted).toEqual([]);
  });

  it('case 28: else they become text of the user in place, which is named', () => {
    const { body, omitted } = write({ messages: late });
    expect((body.messages as JsonObject[])[2]?.content).toEqual([
      { type: 'text', text: '<system>\nnow in verse\n</system>' },
      { type: 'text', text: 'c' },
    ]);
    expect(omitted).toEqual(['m[2].role']);
  });

  it('case 28: no system turn stands where the API refuses it: right after the assistant', () => {
    const messages = [
      user('a'),
      assistant('b', 'm[1]'),
      system('go on', 'm[2]'),
      assistant('c', 'm[3]'),
      user('d', 'm[4]'),
    ];
    const { body, omitted } = write({ messages }, 'claude-opus-5');
    expect((body.messages as JsonObject[])[2]).toEqual({
      role: 'user',
      content: [{ type: 'text', text: '<system>\ngo on\n</system>' }],
    });
    expect(omitted).toEqual(['m[2].role']);
  });

  it('case 28: one between a call and its result comes after the result', () => {
    const messages = [user('a'), calls('m[1]', 'x'), system('s', 'm[2]'), result('x', 'm[3]')];
    expect(outline(messagesOf(messages, 'claude-opus-5'))).toEqual([
      'user: text',
      'assistant: x',
      'user: x',
      'system: text',
    ]);
  });
});

describe('tool calls', () => {
  function inputText(args: string): string {
    const messages = [
      user('q'),
      { role: 'assistant', content: [call('a', 'm[1]', args)], at: 'm[1]' } as const,
      result('a', 'm[2]'),
    ];
    return JSON.stringify(blocksOf(messagesOf(messages)[1])[0]?.input);
  }

  it.each([
    '{"id":12345678901234567890,"x":1.0,"y":-0,"z":1e400}',
    '{"b":{"d":1,"c":[true,null,"\\"12345678901234567890\\""]},"a":"é"}',
    '{"__proto__":{"a":1},"x12":2}',
  ])('case 21: arguments keep their order and digits: %s', (args) => expect(inputText(args)).toBe(args));

  it('case 21: keys like array indices move to the front, always in the same way', () => {
    expect(inputText('{"b": 1, "2": 2, "1": 3}')).toBe('{"1":3,"2":2,"b":1}');
  });

  it.each(['{"a":', '[1]', '"x"', 'null'])('case 21: refuses arguments that are no object: %s', (args) => {
    expect(() => inputText(args)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'm[1]' }),
    );
  });

  it('case 9: no arguments are an empty object', () => expect(inputText('')).toBe('{}'));

  it('case 23: ids and names take a form that the API allows, the same for call and result', () => {
    const messages: Message[] = [
      user('q'),
      {
        role: 'assistant',
        content: [
          { type: 'tool_call', id: 'call:1', name: 'my tool', arguments: '{}', kind: 'function', at: 'm' },
        ],
        at: 'm',
      },
      result('call:1', 'm[2]'),
    ];
    const tools = [{ kind: 'function', name: 'my tool', schema: null, strict: null, at: 't' }] as const;
    const { body } = write({ messages, tools });
    const [, asked, answered] = body.messages as { content: JsonObject[] }[];
    const id = asked?.content[0]?.id;
    expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(answered?.content[0]?.tool_use_id).toBe(id);
    expect(asked?.content[0]?.name).toBe((body.tools as JsonObject[])[0]?.name);
  });

  it('case 26: the call of a custom tool is wrapped as that of a function', () => {
    const custom: AssistantPart = {
      type: 'tool_call',
      id: 'a',
      name: 'f',
      arguments: 'free "text"',
      kind: 'custom',
      at: 'm',
    };
    const messages: Message[] = [
      user('q'),
      { role: 'assistant', content: [custom], at: 'm' },
      result('a', 'm[2]'),
    ];
    expect(blocksOf(messagesOf(messages)[1])[0]?.input).toEqual({ input: 'free "text"' });
  });

  it('case 20: results may fail and hold images and documents', () => {
    const image = {
      type: 'image',
      source: { kind: 'url', url: 'https://x.invalid/a.png' },
      at: 'i',
    } as const;
    const pdf = {
      type: 'document',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' },
      at: 'd',
    } as const;
    const answer: UserPart = {
      type: 'tool_result',
      callId: 'a',
      content: [{ type: 'text', text: 'see', at: 't' }, image, pdf],
      isError: true,
      kind: 'function',
      at: 'r',
    };
    const written = messagesOf([user('q'), calls('m[1]', 'a'), says([answer])]);
    expect(written[2]?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', source: { type: 'url', url: 'https://x.invalid/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
        ],
        is_error: true,
      },
    ]);
  });
});

describe('what users send', () => {
  it('case 32: images by data, address and id', () => {
    const { body, unsupported, omitted } = write({
      messages: [
        says([
          {
            type: 'image',
            source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' },
            detail: 'high',
            at: 'a',
          },
          { type: 'image', source: { kind: 'file', id: 'file_1' }, at: 'b' },
          { type: 'image', source: { kind: 'file', id: 'file-1' }, at: 'c' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'AA==' }, at: 'd' },
        ]),
      ],
    });
    expect((body.messages as JsonObject[])[0]?.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ]);
    expect(unsupported).toEqual(['c', 'd']);
    expect(omitted).toEqual(['a.detail']);
  });

  it('case 34: what cannot be said takes its message along where nothing else is in it, by name', () => {
    const audio = { type: 'audio', format: 'wav', data: 'AA==', at: 'a' } as const;
    const tiff = {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/tiff', data: 'AA==' },
      at: 'i',
    } as const;
    const { body, unsupported, omitted } = write({
      messages: [
        user('x'),
        { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.', seal: null, at: 'r' }], at: 'm1' },
        { role: 'user', content: [audio], at: 'm2' },
        {
          role: 'user',
          content: [{ type: 'document', source: { kind: 'content', parts: [tiff] }, at: 'd' }],
          at: 'm3',
        },
        user('y'),
      ],
    });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x' },
          { type: 'text', text: 'y' },
        ],
      },
    ]);
    expect(unsupported).toEqual(['a', 'i']);
    expect(omitted).toEqual(['r', 'm1', 'm2', 'd', 'm3']);
  });

  it('case 33: PDFs, texts and pieces as documents, with title, context and citations', () => {
    const { body, unsupported } = write({
      messages: [
        says([
          {
            type: 'document',
            source: { kind: 'base64', mediaType: 'text/csv', data: btoa('a,b') },
            title: 't.csv',
            at: 'a',
          },
          {
            type: 'document',
            source: { kind: 'url', url: 'https://x.invalid/a.pdf' },
            context: 'c',
            citations: true,
            at: 'b',
          },
          {
            type: 'document',
            source: { kind: 'content', parts: [{ type: 'text', text: 'p', at: 'p' }] },
            at: 'c',
          },
          {
            type: 'document',
            source: { kind: 'base64', mediaType: 'application/zip', data: 'AA==' },
            at: 'd',
          },
        ]),
      ],
    });
    expect((body.messages as JsonObject[])[0]?.content).toEqual([
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' }, title: 't.csv' },
      {
        type: 'document',
        source: { type: 'url', url: 'https://x.invalid/a.pdf' },
        context: 'c',
        citations: { enabled: true },
      },
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'p' }] } },
    ]);
    expect(unsupported).toEqual(['d']);
  });

  it('case 34: audio has no form there', () => {
    const { unsupported } = write({
      messages: [says([{ type: 'audio', format: 'wav', data: 'AA==', at: 'messages[0].content[0]' }])],
    });
    expect(unsupported).toEqual(['messages[0].content[0]']);
  });

  it('case 36: the name of who speaks is left out and named', () => {
    const { omitted } = write({
      messages: [
        { role: 'user', name: 'bo', content: [{ type: 'text', text: 'q', at: 'x' }], at: 'messages[0]' },
      ],
    });
    expect(omitted).toEqual(['messages[0].name']);
  });

  it('documents in the mouth of the assistant and citations of other dialects are not sent: the API refuses them', () => {
    const said: AssistantPart[] = [
      { type: 'text', text: 'so', citations: [{ kind: 'url', url: 'u', title: 't' }], at: 'a' },
      { type: 'document', source: { kind: 'text', text: 'd' }, at: 'b' },
    ];
    const { body, unsupported, omitted } = write({
      messages: [user('q'), { role: 'assistant', content: said, at: 'm' }, user('?', 'n')],
    });
    expect((body.messages as JsonObject[])[1]?.content).toEqual([{ type: 'text', text: 'so' }]);
    expect([unsupported, omitted]).toEqual([['b'], ['a.annotations']]);
  });
});

describe('reasoning', () => {
  function replay(...content: AssistantPart[]) {
    const at = 'messages[1]';
    const messages: Message[] = [
      user('q'),
      { role: 'assistant', content: [...content, call('a', `${at}.c`)], at },
      result('a', 'm[2]'),
    ];
    const { body, omitted } = write({ messages });
    return { blocks: (body.messages as JsonObject[])[1]?.content as JsonObject[], omitted };
  }

  it('case 37: thinking goes back to its maker byte for byte, before the call; redacted and empty thinking too', () => {
    const text = 'let me\u2028see\t "so" ';
    const { blocks, omitted } = replay(
      {
        type: 'reasoning',
        text,
        seal: { origin: 'anthropic', provider: 'anthropic', data: 'Sig+/=' },
        at: 'x',
      },
      { type: 'reasoning', text: '', seal: { origin: 'anthropic', provider: null, data: 'E' }, at: 'x' },
      {
        type: 'reasoning',
        text: '',
        seal: { origin: 'anthropic-redacted', provider: 'anthropic', data: 'R' },
        at: 'x',
      },
    );
    expect(blocks.slice(0, 3)).toEqual([
      { type: 'thinking', thinking: text, signature: 'Sig+/=' },
      { type: 'thinking', thinking: '', signature: 'E' },
      { type: 'redacted_thinking', data: 'R' },
    ]);
    expect(blocks[3]?.type).toBe('tool_use');
    expect(omitted).toEqual([]);
  });

  it('case 41: thinking that is not signed, or by another, is left out and named', () => {
    const { blocks, omitted } = replay(
      { type: 'reasoning', text: 'a', seal: null, at: 'messages[1].reasoning_content' },
      {
        type: 'reasoning',
        text: 'b',
        seal: { origin: 'anthropic', provider: 'vertex', data: 's' },
        at: 'r1',
      },
      {
        type: 'reasoning',
        text: 'c',
        seal: { origin: 'openai', provider: 'anthropic', data: 's' },
        at: 'r2',
      },
    );
    expect(blocks.map(({ type }) => type)).toEqual(['tool_use']);
    expect(omitted).toEqual(['messages[1].reasoning_content', 'r1', 'r2']);
  });

  it('case 24: the blocks of its own server tools go back as they are, those of others are left out', () => {
    const own = { type: 'web_search_tool_result', tool_use_id: 's', content: [] };
    const { blocks, omitted } = replay(
      { type: 'server_tool', id: 's', name: 'web_search', phase: 'result', raw: own, at: 'a' },
      {
        type: 'server_tool',
        id: 'ws',
        name: 'web_search',
        phase: 'call',
        raw: { type: 'web_search_call' },
        at: 'b',
      },
    );
    expect(blocks[0]).toBe(own);
    expect(blocks).toHaveLength(2);
    expect(omitted).toEqual(['b']);
  });

  it('case 52: a refusal that is told again is text', () => {
    expect(replay({ type: 'refusal', text: 'I cannot', at: 'x' }).blocks[0]).toEqual({
      type: 'text',
      text: 'I cannot',
    });
  });
});

describe('case 42: cache hints', () => {
  const hint = { ttl: '5m' } as const;
  const text = (name: string, at: string): UserPart => ({ type: 'text', text: name, cache: hint, at });

  it('stand on tools, instructions, content and results, with their time to live', () => {
    const { body } = write({
      tools: [{ kind: 'function', name: 'f', schema: null, strict: null, cache: { ttl: '1h' }, at: 't' }],
      messages: [
        {
          role: 'system',
          origin: 'system',
          content: [{ type: 'text', text: 's', cache: { ttl: '1h' }, at: 's' }],
          at: 's',
        },
        says([text('q', 'a')]),
      ],
    });
    expect(body.tools).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect(body.system).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect((body.messages as JsonObject[])[0]?.content).toMatchObject([
      { cache_control: { type: 'ephemeral' } },
    ]);
  });

  it('are named where nothing is written that they could stand on', () => {
    const messages = [says([text(' ', 'a'), { type: 'text', text: 'x', at: 'b' }])];
    expect(write({ messages }).omitted).toEqual(['a.cache_control']);
  });

  it('are four at most: the first ones go, and are named', () => {
    const messages = [says(['a', 'b', 'c', 'd', 'e'].map((name) => text(name, name)))];
    const { body, omitted } = write({ messages, cache: { ttl: '1h' } });
    const blocks = (body.messages as JsonObject[])[0]?.content as JsonObject[];
    expect(blocks.map((block) => block.cache_control !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(body.cache_control).toEqual({ type: 'ephemeral', ttl: '1h' });
    expect(omitted).toEqual(['a.cache_control', 'b.cache_control']);
  });
});
