import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { type BlackBox, CHAT, chatEvents, describeBlackBox, KEY, MESSAGES } from '../support/black-box.ts';
import {
  type Behaviour,
  cutAfter,
  hangAfter,
  json,
  type SseEvent,
  sse,
  sseText,
} from '../support/fault-upstream.ts';

/** Each case has providers of its own: what was learned of one says nothing about the next. */
const CASES = Array.from({ length: 14 }, (_, i) => i);
const FILE = `
providers:
${CASES.flatMap((i) => ['a', 'b', 'c'].map((name) => `  ${name}${i}: { base_url: "\${UPSTREAM}/${name}", api_key: sk-some-provider }`)).join('\n')}
routes:
${CASES.map((i) => `  go${i}: { targets: [a${i}/m1, b${i}/m2, c${i}/m3], mid_stream: continue }`).join('\n')}
  from-claude: { targets: [anthropic/claude-haiku-4-5, b0/m2], mid_stream: continue }
  to-claude: { targets: [a1/m1, anthropic/claude-sonnet-5], mid_stream: continue }
  from-openai: { targets: [openai/gpt-4.1, anthropic/claude-sonnet-5], mid_stream: continue }
  "off": { targets: [a2/m1, b2/m2], mid_stream: "off" }
  told: [a3/m1, b3/m2]
`;

const ERROR = 'data: {"error":{"message":"overloaded","type":"overloaded_error"}}';
const USAGE = {
  data: { id: 'c', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 20, completion_tokens: 7 } },
};
const begun = (words: readonly string[]) => chatEvents(words).slice(0, words.length + 1);
const rest = (words: readonly string[]): SseEvent[] => {
  const events = chatEvents(words);
  return [...events.slice(0, -1), USAGE, ...events.slice(-1)];
};

const claude = (words: readonly string[], isWhole: boolean): SseEvent[] => {
  const event = (type: string, fields: object) => ({ event: type, data: { type, ...fields } });
  const usage = { input_tokens: 30, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage };
  return [
    event('message_start', { message }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...words.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    ...(isWhole
      ? [
          event('content_block_stop', { index: 0 }),
          event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
          event('message_stop', {}),
        ]
      : []),
  ];
};

const responses = (words: readonly string[]): SseEvent[] => {
  const event = (type: string, sequence_number: number, fields: object) => ({
    event: type,
    data: { type, sequence_number, ...fields },
  });
  const response = {
    id: 'resp_abc',
    object: 'response',
    created_at: 7,
    model: 'gpt-4.1',
    status: 'in_progress',
  };
  const place = { item_id: 'msg_abc', output_index: 0, content_index: 0 };
  const item = { id: 'msg_abc', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  return [
    event('response.created', 0, { response: { ...response, output: [] } }),
    event('response.in_progress', 1, { response: { ...response, output: [] } }),
    event('response.output_item.added', 2, { output_index: 0, item }),
    event('response.content_part.added', 3, {
      ...place,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    ...words.map((delta, i) => event('response.output_text.delta', 4 + i, { ...place, delta, logprobs: [] })),
  ];
};

function script(box: BlackBox, behaviours: Readonly<Record<string, Behaviour>>): void {
  box.upstream.script((context) => {
    const name = Object.keys(behaviours).find((prefix) => context.request.path.startsWith(prefix)) ?? '';
    return (behaviours[name] ?? json(500, {}))(context);
  });
}

const bodyAt = (box: BlackBox, path: string) =>
  JSON.parse(String(box.upstream.journal.findLast((call) => call.path.startsWith(path))?.body));

const openai = (box: BlackBox) =>
  new OpenAI({ apiKey: KEY, baseURL: `${box.gateway.url}/v1`, maxRetries: 0 });
const anthropic = (box: BlackBox) => new Anthropic({ apiKey: KEY, baseURL: box.gateway.url, maxRetries: 0 });

describeBlackBox(
  'a stream that breaks after its first content',
  (box) => {
    const STREAM = { ...CHAT, stream: true as const, stream_options: { include_usage: true } };
    const SAID = begun(['One', ' two']);

    it.each<[string, string, Behaviour]>([
      ['is cut', 'go4', cutAfter(SAID)],
      [
        'is cut within an event',
        'go5',
        cutAfter([...SAID, 'data: {"id":"c","choices":[{"index":0,"delta":{"conte'], {
          bytes: Buffer.byteLength(sseText(SAID)) + 30,
        }),
      ],
      ['ends without its end', 'go6', cutAfter(SAID, { how: 'clean' })],
      ['falls silent', 'go7', hangAfter(SAID)],
      ['tells an error', 'go8', sse([...SAID, ERROR, 'data: [DONE]'])],
    ])('goes on from the next target when it %s', async (_, model, first) => {
      script(box, { '/a/': first, '/b/': sse(rest([' three', '.'])) });
      const stream = openai(box).chat.completions.stream({ ...STREAM, model } as never);
      const ids = new Set<string>();
      stream.on('chunk', ({ id }: { id: string }) => void ids.add(id));
      const answer = await stream.finalChatCompletion();
      expect(answer.choices).toMatchObject([
        { message: { role: 'assistant', content: 'One two three.' }, finish_reason: 'stop' },
      ]);
      expect([...ids]).toEqual(['c']);
      // Beside the 20 and 7 of the second what the first used, as far as it can be told.
      expect(answer.usage?.prompt_tokens).toBeGreaterThan(20);
      expect(answer.usage?.completion_tokens).toBeGreaterThan(7);
      expect(bodyAt(box, '/b/')).toMatchObject({
        model: 'm2',
        messages: [{ content: 'Hi' }, { role: 'assistant', content: 'One two' }, { role: 'user' }],
      });
    });

    it('says so in a comment, and nothing is said twice', async () => {
      script(box, { '/a/': cutAfter(SAID), '/b/': sse(rest([' three'])) });
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: 'go9' });
      const text = await answer.text();
      expect(text).toContain('\n\n: continued by b9/m2\n\n');
      expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
      expect(text.match(/\[DONE\]/g)).toHaveLength(1);
      expect(text.startsWith(sseText(SAID))).toBe(true);
      expect(answer.headers['x-llm-edge-provider']).toBe('a9');
    });

    it('goes on as often as there are targets', async () => {
      script(box, {
        '/a/': cutAfter(SAID),
        '/b/': cutAfter(begun([' three'])),
        '/c/': sse(rest([' four'])),
      });
      const stream = openai(box).chat.completions.stream({ ...STREAM, model: 'go10' } as never);
      expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('One two three four');
      expect(bodyAt(box, '/c/').messages[1]).toEqual({ role: 'assistant', content: 'One two three' });
    });

    it('ends with the error event when nobody can go on', async () => {
      script(box, { '/a/': cutAfter(SAID), '/b/': json(500, {}) });
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: 'go11' });
      const text = await answer.text();
      expect(text.startsWith(sseText(SAID))).toBe(true);
      expect(text).toMatch(/data: \{"error":\{.*broke off.*\n\n$/);
    });

    it('is not gone on with in a tool call', async () => {
      const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x' } };
      const chunk = {
        id: 'c',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta: { tool_calls: [call] } }],
      };
      script(box, { '/a/': cutAfter([...SAID, { data: chunk }]), '/b/': sse(rest([' three'])) });
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: 'go12' });
      expect(await answer.text()).toMatch(/data: \{"error":\{.*broke off.*\n\n$/);
    });

    it('goes on for Messages in another dialect', async () => {
      script(box, {
        '/v1/messages': cutAfter(claude(['One', ' two'], false)),
        '/b/': sse(rest([' three', '.'])),
      });
      const answer = await anthropic(box)
        .messages.stream({ ...MESSAGES, model: 'from-claude' } as never)
        .finalMessage();
      expect(answer).toMatchObject({
        id: 'msg_1',
        content: [{ type: 'text', text: 'One two three.' }],
        stop_reason: 'end_turn',
      });
      expect(answer.usage.output_tokens).toBeGreaterThan(7);
    });

    it('goes on for Chat in another dialect', async () => {
      script(box, { '/a/': cutAfter(SAID), '/v1/messages': sse(claude([' three', '.'], true)) });
      const stream = openai(box).chat.completions.stream({ ...STREAM, model: 'to-claude' } as never);
      expect((await stream.finalChatCompletion()).choices).toMatchObject([
        { message: { content: 'One two three.' }, finish_reason: 'stop' },
      ]);
    });

    it('goes on for Responses: names, numbers and the whole text are of one piece', async () => {
      script(box, {
        '/v1/responses': cutAfter(responses(['One', ' two'])),
        '/v1/messages': sse(claude([' three', '.'], true)),
      });
      const stream = openai(box).responses.stream({ model: 'from-openai', input: 'Hi' });
      const numbers: number[] = [];
      stream.on('event', ({ sequence_number }) => void numbers.push(sequence_number));
      const answer = await stream.finalResponse();
      expect(answer).toMatchObject({
        id: 'resp_abc',
        created_at: 7,
        status: 'completed',
        output: [
          { id: 'msg_abc', type: 'message', content: [{ type: 'output_text', text: 'One two three.' }] },
        ],
      });
      expect(answer.output_text).toBe('One two three.');
      expect(numbers).toEqual(numbers.map((_, i) => i));
    });

    it('breaks as it broke, where the route says so', async () => {
      script(box, { '/a/': cutAfter(SAID), '/b/': sse(rest([' three'])) });
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: 'off' });
      const { bytes, cut } = await answer.read();
      expect(bytes.toString()).toBe(sseText(SAID));
      expect(cut).toBe(true);
    });

    it('is told of in the words of the dialect, where the route says nothing', async () => {
      script(box, { '/a/': cutAfter(SAID), '/b/': sse(rest([' three'])) });
      const answer = await box.call('/v1/chat/completions', { ...STREAM, model: 'told' });
      expect(await answer.text()).toMatch(/two.*data: \{"error":\{.*broke off.*\n\n$/s);
    });
  },
  (upstream) => ({ UPSTREAM: upstream, IDLE_TIMEOUT_MS: '1500' }),
  FILE,
);
