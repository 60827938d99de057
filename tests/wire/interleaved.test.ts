import { describe, expect, it } from 'vitest';
import type { Json } from '../support/corpus.ts';
import { sse } from '../support/fault-upstream.ts';
import { RUNTIMES } from '../support/gateway.ts';
import type { Answer } from './encode/answer.ts';
import { chat } from './encode/chat.ts';
import { messages } from './encode/messages.ts';
import { ASKS } from './pairs.ts';
import { eventsIn, startWireBox } from './wire-box.ts';

const CALLS: Answer = {
  blocks: [
    { call: { id: 'call_1', name: 'f', pieces: ['{"a":', '1}'] } },
    { call: { id: 'call_2', name: 'g', pieces: ['{"b":', '2}'] } },
  ],
  finish: 'tool_calls',
};

/** The pieces of both calls in turn, as OpenAI sends them. */
function interleaved() {
  const [start = '', ...rest] = chat.stream(CALLS);
  const [head1 = '', one1 = '', two1 = '', head2 = '', one2 = '', two2 = '', ...end] = rest;
  return [start, head1, head2, one1, one2, two2, two1, ...end];
}

describe.each(RUNTIMES)('case 2: calls that grow side by side, on %s', (runtime) => {
  const box = startWireBox(runtime);
  const ask = async (client: 'messages' | 'responses') => {
    const body = { ...ASKS[client], stream: true };
    const told = await box.ask({
      client,
      upstream: 'chat',
      body,
      reply: sse(interleaved(), { chunkSize: 7 }),
    });
    return eventsIn(told.text);
  };

  it('come one after the other to a client of Messages', async () => {
    expect(await ask('messages')).toEqual(messages(false).stream(CALLS));
  });

  it('keep their places for a client of Responses', async () => {
    const data = (await ask('responses')).map((event) => event.data as Json);
    const deltas = data.filter(({ type }) => type === 'response.function_call_arguments.delta');
    expect(deltas.map(({ output_index, delta }) => [output_index, delta])).toEqual([
      [0, '{"a":'],
      [1, '{"b":'],
      [1, '2}'],
      [0, '1}'],
    ]);
    expect((data.at(-1)?.response as Json | undefined)?.output).toMatchObject([
      { name: 'f', arguments: '{"a":1}' },
      { name: 'g', arguments: '{"b":2}' },
    ]);
  });
});
