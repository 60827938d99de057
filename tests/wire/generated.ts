import fc from 'fast-check';
import type {
  AssistantPart,
  Conversation,
  Message,
  Tool,
  UserPart,
} from '../../src/translate/hub/conversation.ts';
import type { BlockStart, FinishReason, StreamPart } from '../../src/translate/hub/reply.ts';

/** Words that every dialect keeps as they are: no white space at their ends, never empty. */
const words = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).map((text) => `a${text}z`);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
const args = fc
  .dictionary(name, fc.oneof(words, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map((value) => JSON.stringify(value));

const image = fc.constantFrom(
  { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } as const,
  { kind: 'url', url: 'https://example.com/a.png' } as const,
);

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  words.map((text) => ({ type: 'text', text, at: '' }) as const),
  image.map((source) => ({ type: 'image', source, at: '' }) as const),
);

interface Turn {
  readonly said: string;
  readonly calls: readonly {
    readonly name: string;
    readonly args: string;
    readonly result: string;
    readonly isError: boolean;
  }[];
  readonly asked: readonly UserPart[];
}

const turn: fc.Arbitrary<Turn> = fc.record({
  said: words,
  calls: fc.array(fc.record({ name, args, result: words, isError: fc.boolean() }), { maxLength: 3 }),
  asked: fc.array(userPart, { minLength: 1, maxLength: 3 }),
});

/** Conversations as any of the dialects may have them: each call has its result. */
export const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    system: fc.option(words, { nil: null }),
    first: fc.array(userPart, { minLength: 1, maxLength: 3 }),
    turns: fc.array(turn, { maxLength: 3 }),
    limit: fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined }),
    // 1 is what Anthropic has by itself, so it is not said there.
    temperature: fc.option(fc.constantFrom(0, 0.5), { nil: undefined }),
    choice: fc.constantFrom(undefined, 'required', 'none'),
    stream: fc.boolean(),
  })
  .map(({ system, first, turns, limit, temperature, choice, stream }) => {
    const tools = toolsOf(turns);
    return {
      model: 'm',
      stream,
      messages: [
        ...(system === null ? [] : [systemMessage(system)]),
        { role: 'user', content: first, at: '' } as const,
        ...turns.flatMap(messagesOf),
      ],
      tools,
      ...(limit === undefined ? {} : { maxOutputTokens: limit }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(choice === undefined || tools.length === 0 ? {} : { toolChoice: { type: choice } as const }),
      others: {},
    };
  });

function systemMessage(text: string): Message {
  return { role: 'system', origin: 'top', content: [{ type: 'text', text, at: '' }], at: '' };
}

function toolsOf(turns: readonly Turn[]): Tool[] {
  const names = new Set(turns.flatMap(({ calls }) => calls.map((call) => call.name)));
  return [...names].map((tool) => ({
    kind: 'function',
    name: tool,
    description: `What ${tool} does`,
    schema: { type: 'object', properties: { q: { type: 'string' } } },
    strict: null,
    at: '',
  }));
}

let calls = 0;

function messagesOf({ said, calls: made, asked }: Turn): Message[] {
  const ids = made.map(() => `call_${++calls}`);
  const spoken: AssistantPart[] = [
    { type: 'text', text: said, at: '' },
    ...made.map((call, index) => ({
      type: 'tool_call' as const,
      id: ids[index] ?? '',
      name: call.name,
      arguments: call.args,
      kind: 'function' as const,
      at: '',
    })),
  ];
  const results: UserPart[] = made.map(({ result, isError }, index) => ({
    type: 'tool_result',
    callId: ids[index] ?? '',
    content: [{ type: 'text', text: result, at: '' }],
    isError,
    kind: 'function',
    at: '',
  }));
  return [
    { role: 'assistant', content: spoken, at: '' },
    { role: 'user', content: [...results, ...asked], at: '' },
  ];
}

const block: fc.Arbitrary<{ start: BlockStart; pieces: readonly string[] }> = fc.oneof(
  fc.record({
    start: fc.constant({ type: 'text' } as const),
    pieces: fc.array(words, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    start: fc.constant({ type: 'reasoning' } as const),
    pieces: fc.array(words, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    start: fc.record({
      type: fc.constant('tool_call' as const),
      id: fc.constant(''),
      name,
      kind: fc.constant('function' as const),
    }),
    pieces: args.chain((text) => fc.integer({ min: 1, max: 5 }).map((size) => cut(text, size))),
  }),
);

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, at * size + size),
  );
}

const USAGE = {
  input: 3,
  cacheRead: 2,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 7,
  reasoning: 1,
  estimated: false,
};

/** Streams as providers send them: calls may be open side by side, in any order of their pieces. */
export const stream: fc.Arbitrary<StreamPart[]> = fc
  .record({
    blocks: fc.array(block, { maxLength: 5 }),
    order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    pings: fc.boolean(),
    knowsInput: fc.boolean(),
  })
  .map(({ blocks, order, pings, knowsInput }) => {
    const reason: FinishReason = blocks.some(({ start }) => start.type === 'tool_call')
      ? 'tool_calls'
      : 'stop';
    return [
      {
        type: 'start',
        id: 'x1',
        model: 'm1',
        usage: knowsInput ? { ...USAGE, output: 0, reasoning: 0 } : null,
      },
      ...(pings ? [{ type: 'ping' } as const] : []),
      ...mixed(blocks.map(withOwnId), order),
      { type: 'finish', finish: { reason, stopSequence: null }, usage: USAGE },
    ];
  });

function withOwnId<T extends { readonly start: BlockStart }>(one: T, index: number): T {
  return one.start.type === 'tool_call' ? { ...one, start: { ...one.start, id: `call_${index}` } } : one;
}

/** Each block's parts in their order, the blocks in the order of their beginnings; calls mix with the calls beside them. */
function mixed(
  blocks: readonly { start: BlockStart; pieces: readonly string[] }[],
  order: readonly number[],
): StreamPart[] {
  const out: StreamPart[] = [];
  const open: StreamPart[][] = [];
  const draw = (turn: number) => {
    const at = turn % open.length;
    const part = open[at]?.shift();
    if (part !== undefined) out.push(part);
    if (open[at]?.length === 0) open.splice(at, 1);
  };
  let turn = 0;
  const next = () => order[turn++ % order.length] ?? 0;
  for (const [index, { start, pieces }] of blocks.entries()) {
    const mayMix = start.type === 'tool_call' && blocks[index - 1]?.start.type === 'tool_call';
    while (open.length > 0 && (!mayMix || next() % 2 === 0)) draw(next());
    out.push({ type: 'block_start', index, block: start });
    const type = start.type === 'tool_call' ? ('arguments_delta' as const) : ('text_delta' as const);
    open.push([...pieces.map((text) => ({ type, index, text })), { type: 'block_end', index }]);
  }
  while (open.length > 0) draw(next());
  return out;
}
