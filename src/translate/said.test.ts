import { describe, expect, it } from 'vitest';
import type { Call, JsonObject } from '../domain/call.ts';
import type { Dialect, Endpoint } from '../domain/dialect.ts';
import type { Provider } from '../domain/provider.ts';
import { saidIn } from './said.ts';

const provider = { id: 'p' } as Provider;

function called(endpoint: Endpoint, json: JsonObject, stream = false): Call {
  const text = JSON.stringify(json);
  const dialect: Dialect = 'openai-chat';
  return { endpoint, dialect, model: 'm', stream, body: { bytes: new Uint8Array(), text, json } };
}

const PICTURE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const CALL = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } };

describe('what is said in a call', () => {
  it('is every message, tools and files among them', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Look' }, PICTURE] },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'c1', content: 'seen' },
    ];
    const reply = { id: 'r', model: 'm', choices: [{ message: { content: 'Yes' }, finish_reason: 'stop' }] };
    expect(saidIn(called('chat', { model: 'm', messages }), provider, JSON.stringify(reply))).toEqual({
      instructions: [],
      input: [
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Look' },
            { type: 'file', modality: 'image' },
          ],
        },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: '{"at":1}' }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'seen' }] },
      ],
      output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yes' }], finish_reason: 'stop' }],
    });
  });

  it('is what came of a stream that was cut', () => {
    const delta = { choices: [{ index: 0, delta: { content: 'Ye' } }] };
    const call = called('chat', { model: 'm', messages: [{ role: 'user', content: 'a' }] }, true);
    const said = saidIn(call, provider, `data: ${JSON.stringify(delta)}\n\ndata: {"cho`);
    expect(said?.output).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Ye' }] }]);
  });

  it.each([
    ['no conversation', called('embeddings', { model: 'm', input: 'a' })],
    ['a body that no translator reads', called('chat', { model: 'm', messages: 7 })],
  ])('is nothing in %s', (_, call) => expect(saidIn(call, provider, null)).toBeNull());

  it('has no answer in what is none', () => {
    const call = called('chat', { model: 'm', messages: [{ role: 'user', content: 'a' }] });
    expect(saidIn(call, provider, '{"error":{}}')?.output).toEqual([]);
  });
});
