import { describe, expect, it } from 'vitest';
import { readBySdk } from '../corpus/translate-sdks.ts';
import type { Json } from '../support/corpus.ts';
import { json, sse } from '../support/fault-upstream.ts';
import { RUNTIMES } from '../support/gateway.ts';
import type { Upstream } from './dialect-gateway.ts';
import type { Answer } from './encode/answer.ts';
import { type Client, TOLD } from './heard.ts';
import { ASKS, PAIRS } from './pairs.ts';
import { eventsIn, startWireBox } from './wire-box.ts';

/** Characters that no step may touch, and a thought that ends in a space. */
const SEAL = 'c2Vh+/bA==';
const THOUGHT = 'Let me see. 🤔 ';
const CALLED: Answer = {
  blocks: [
    { reasoning: ['Let me see.', ' 🤔 '], seal: SEAL },
    { call: { id: 'call_1', name: 'get_weather', pieces: ['{"city":', ' "Rome"}'] } },
  ],
  finish: 'tool_calls',
};
const DONE: Answer = { blocks: [{ text: ['Sunny.'] }], finish: 'stop' };

const TOOL = { name: 'get_weather', description: 'W' };
const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const TOOLS: Readonly<Record<Client, Json>> = {
  chat: { tools: [{ type: 'function', function: { ...TOOL, parameters: PARAMETERS } }] },
  responses: { tools: [{ type: 'function', ...TOOL, parameters: PARAMETERS, strict: false }] },
  messages: { tools: [{ ...TOOL, input_schema: PARAMETERS }], max_tokens: 8000 },
};

/** The next request of a client that puts the answer it got, as it got it, into its history. */
const NEXT: Readonly<Record<Client, (answer: Json) => Json>> = {
  chat: ({ choices }) => ({
    messages: [
      { role: 'user', content: 'Hi' },
      (choices as Json[])[0]?.message,
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ],
  }),
  responses: ({ output }) => ({
    input: [
      { role: 'user', content: 'Hi' },
      ...(output as Json[]),
      { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
    ],
  }),
  messages: ({ content }) => ({
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' }] },
    ],
  }),
};

/** Where each provider wants its own seal back: before or on the call, byte for byte. */
const RETURNED: Readonly<Record<Exclude<Upstream, 'chat'>, (body: Json) => void>> = {
  messages: ({ messages }) =>
    expect((messages as Json[])[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: THOUGHT, signature: SEAL },
        { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
      ],
    }),
  responses({ input }) {
    const [reasoning, call] = (input as Json[]).slice(1, 3);
    const summary = [{ type: 'summary_text', text: THOUGHT }];
    expect(reasoning).toMatchObject({ type: 'reasoning', summary, encrypted_content: SEAL });
    expect(call).toMatchObject({ type: 'function_call', call_id: 'call_1' });
    // Messages has an object in between, which has no spaces.
    expect(JSON.parse(String(call?.arguments))).toEqual({ city: 'Rome' });
  },
  gemini: ({ contents }) =>
    expect((contents as Json[])[1]).toMatchObject({
      role: 'model',
      parts: [{ functionCall: { name: 'get_weather', args: { city: 'Rome' } }, thoughtSignature: SEAL }],
    }),
};

describe.each(RUNTIMES)('case 37: a conversation with thinking and tools on %s', (runtime) => {
  const box = startWireBox(runtime);

  async function firstAnswer(client: Client, upstream: Upstream, stream: boolean): Promise<Json> {
    const body = { ...ASKS[client], ...TOOLS[client], stream };
    const reply = stream ? sse(TOLD[upstream].stream(CALLED)) : json(200, TOLD[upstream].whole(CALLED));
    const { text } = await box.ask({ client, upstream, body, reply });
    // The OpenAI SDK keeps the last piece of fields it does not know: its users join them themselves.
    if (client === 'chat' && stream) return joinedChat((await eventsIn(text)).map(({ data }) => data));
    return readBySdk(client, { ...body, model: 'm' }, text);
  }

  for (const [client, upstream] of PAIRS) {
    if (upstream === 'chat') continue;
    it.each([false, true])(
      `${client} → ${upstream}: the seal comes back as it was (streamed: %s)`,
      async (stream) => {
        const answer = await firstAnswer(client, upstream, stream);
        const body = { ...TOOLS[client], ...NEXT[client](answer) };
        const told = await box.ask({ client, upstream, body, reply: json(200, TOLD[upstream].whole(DONE)) });
        expect(told.status, told.text).toBe(200);
        RETURNED[upstream](JSON.parse(told.received?.body.toString() ?? '{}') as Json);
      },
    );

    it(`${client} → ${upstream}: no other provider is given the seal`, async () => {
      const answer = await firstAnswer(client, upstream, false);
      const body = { ...TOOLS[client], ...NEXT[client](answer) };
      for (const other of (['messages', 'responses', 'gemini', 'chat'] as const).filter(
        (each) => each !== upstream && each !== client,
      )) {
        const told = await box.ask({
          client,
          upstream: other,
          body,
          reply: json(200, TOLD[other].whole(DONE)),
        });
        expect(told.status, told.text).toBe(200);
        expect(told.received?.body.toString()).not.toContain(SEAL);
        expect(told.received?.body.toString()).not.toContain('le1.');
        expect(told.headers['x-llm-edge-dropped'], other).toBeDefined();
      }
    });
  }
});

function joinedChat(chunks: readonly unknown[]): Json {
  const message: Record<string, unknown> = { role: 'assistant', content: null };
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for (const chunk of chunks) {
    const delta = ((chunk as { choices?: { delta: Json }[] }).choices?.[0]?.delta ?? {}) as Json;
    if (delta.thinking_blocks !== undefined)
      message.thinking_blocks = [
        ...((message.thinking_blocks ?? []) as Json[]),
        ...(delta.thinking_blocks as Json[]),
      ];
    if (typeof delta.reasoning_content === 'string')
      message.reasoning_content = `${message.reasoning_content ?? ''}${delta.reasoning_content}`;
    for (const call of (delta.tool_calls ?? []) as ((typeof calls)[number] & { index: number })[]) {
      const { index, ...piece } = call;
      const known = calls[index];
      if (known === undefined) calls[index] = structuredClone(piece);
      else known.function.arguments += piece.function.arguments;
    }
  }
  return { choices: [{ message: { ...message, tool_calls: calls } }] };
}
