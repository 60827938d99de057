import { describe, expect, it } from 'vitest';
import { json, type SseEvent, sse } from '../support/fault-upstream.ts';
import { RUNTIMES, type Runtime } from '../support/gateway.ts';
import type { ChunkSize } from '../support/pieces.ts';
import type { Upstream } from './dialect-gateway.ts';
import type { Answer } from './encode/answer.ts';
import { encoderFor, heard, TOLD } from './heard.ts';
import { ASKS, EVERYBODY, PAIRS } from './pairs.ts';
import { eventsIn, startWireBox, withoutTimes } from './wire-box.ts';

const text = { text: ['Hel', 'lo ✓ 🙂'] };
const thought = { reasoning: ['Let me', ' see.'], seal: 'c2VhbA==' };
const weather = { call: { id: 'call_1', name: 'get_weather', pieces: ['{"city":', '"Rome","days":2}'] } };
const clock = { call: { id: 'call_2', name: 'clock', pieces: ['{}'] } };

type Topic = readonly [name: string, answer: Answer, upstreams?: readonly Upstream[]];
const TOPICS: readonly Topic[] = [
  ['text, and usage with what was cached (case 53)', { blocks: [text], finish: 'stop' }],
  ['a call (case 1)', { blocks: [weather], finish: 'tool_calls' }],
  [
    'text and parallel calls, one without arguments (case 9)',
    { blocks: [text, weather, clock], finish: 'tool_calls' },
  ],
  ['reasoning, then text (case 37)', { blocks: [thought, text], finish: 'stop' }],
  ['reasoning, then a call (case 37)', { blocks: [thought, weather], finish: 'tool_calls' }],
  ['an answer that was cut short (case 51)', { blocks: [text], finish: 'length' }],
  [
    'what a filter stopped (case 51)',
    { blocks: [text], finish: 'content_filter' },
    ['chat', 'responses', 'gemini'],
  ],
  ['a refusal without words (case 51)', { blocks: [], finish: 'refusal' }, ['messages']],
  [
    'a stop sequence (case 51)',
    { blocks: [text], finish: 'stop_sequence', stopSequence: 'END' },
    ['messages'],
  ],
];

const CHUNKS: Readonly<Record<Runtime, readonly ChunkSize[]>> = { node: ['whole', 64, 7, 1], workerd: [64] };

describe.each(RUNTIMES)('answers on %s', (runtime) => {
  const box = startWireBox(runtime);
  for (const [client, upstream] of PAIRS) {
    describe(`${client} → ${upstream}`, () => {
      for (const [name, answer, upstreams = EVERYBODY] of TOPICS) {
        if (!upstreams.includes(upstream)) continue;
        const expected = heard(answer, upstream);
        it(name, async () => {
          const reply = json(200, TOLD[upstream].whole(answer));
          const told = await box.ask({ client, upstream, body: ASKS[client], reply });
          expect(told.status).toBe(200);
          expect(withoutTimes(JSON.parse(told.text))).toEqual(encoderFor(client, upstream).whole(expected));
        });

        it(`${name}, streamed in any pieces (case 14)`, async () => {
          const events = TOLD[upstream].stream(answer);
          for (const chunkSize of CHUNKS[runtime]) {
            const reply = sse(events, { chunkSize, crlf: chunkSize === 7 });
            const body = { ...ASKS[client], stream: true };
            const told = await box.ask({ client, upstream, body, reply });
            const wanted = encoderFor(client, upstream).stream(expected).map(asRead);
            expect(await eventsIn(told.text), `chunks of ${chunkSize}`).toEqual(wanted);
          }
        });
      }
    });
  }
});

function asRead(event: SseEvent): unknown {
  return typeof event === 'string' ? { data: event.replace('data: ', '') } : event;
}
