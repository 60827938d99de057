import { expect, it } from 'vitest';
import { asObject, objectsIn } from '../../../src/json.ts';
import { sse } from '../../support/fault-upstream.ts';
import { THOUGHT } from '../../support/gemini-upstream.ts';
import type { Answer, Encoder } from '../../wire/encode/answer.ts';
import { chat } from '../../wire/encode/chat.ts';
import { messages } from '../../wire/encode/messages.ts';
import { responses } from '../../wire/encode/responses.ts';
import {
  type AcrossBox,
  CHAT,
  describeAcross,
  GEMINI,
  type Kind,
  MESSAGES,
  RESPONSES,
} from './describe-across.ts';
import { signatureGivenBack, WEATHER_ANSWER } from './loop.ts';
import { THINKING_CLIENTS } from './thinking-clients.ts';

const SEAL = 'c2VhbA+/==';
const THOUGHTS = ['I had better ', 'look.\n\n', 'So I do.'];

/** A model that thinks and speaks before it calls, and then tells what it got. */
function answers(seal: string | null): [Answer, Answer] {
  const call = { id: 'toolu_1', name: 'get_weather', pieces: ['{"city":"exa', 'mple","days":1}'] };
  return [
    {
      blocks: [{ reasoning: THOUGHTS, seal }, { text: ['One ', 'moment.'] }, { call }],
      finish: 'tool_calls',
    },
    { blocks: [{ reasoning: ['Done.'], seal }, { text: [WEATHER_ANSWER] }], finish: 'stop' },
  ];
}

interface Thinker {
  readonly kind: Kind;
  readonly encoder: Encoder;
  /** null: the model tells its thoughts and asks for no proof of them. */
  readonly seal: string | null;
  /** What of the model's first answer it gets back, up to the call. */
  readonly givenBack: object;
}

const thought = THOUGHTS.join('');
const THINKERS: readonly Thinker[] = [
  {
    kind: MESSAGES,
    encoder: messages(true),
    seal: SEAL,
    givenBack: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: thought, signature: SEAL },
        { type: 'text', text: 'One moment.' },
        { type: 'tool_use', id: 'toolu_1' },
      ],
    },
  },
  {
    kind: RESPONSES,
    encoder: responses(),
    seal: SEAL,
    givenBack: {
      type: 'reasoning',
      id: 'rs_0a9_0',
      encrypted_content: SEAL,
      summary: [{ type: 'summary_text', text: thought }],
    },
  },
  {
    kind: CHAT,
    encoder: chat,
    seal: null,
    givenBack: { role: 'assistant', content: 'One moment.', reasoning_content: thought },
  },
];

const CASES = THINKING_CLIENTS.flatMap((client) =>
  THINKERS.filter(({ kind }) => kind.name !== client.speaks).map((thinker) => ({
    client: client.name,
    upstream: thinker.kind.name,
    run: client.run,
    thinker,
    lost: thinker.seal === null && client.dropsUnsigned === true,
  })),
);

/** An SDK has one model for all of its own loop. */
const TAKEOVERS = THINKING_CLIENTS.filter(({ name }) => !name.startsWith('ai,')).flatMap(({ name, run }) =>
  THINKERS.map((thinker) => ({ client: name, upstream: thinker.kind.name, run, thinker })),
);

/** The second thing that the provider was told: the first is the user's question. */
function secondTold({ scripted }: AcrossBox): unknown {
  const body = asObject(JSON.parse(scripted.journal.at(-1)?.body.toString() ?? ''));
  return objectsIn(body?.messages ?? body?.input)[1];
}

describeAcross('Thinking across dialects', (box) => {
  it.each(CASES)(
    'goes to its user and back to its maker: $client, $upstream',
    async ({ run, thinker, lost }) => {
      const [first, second] = answers(thinker.seal).map((answer) => sse(thinker.encoder.stream(answer)));
      if (first === undefined || second === undefined) throw new Error('two answers');
      box.scripted.script(first, second);
      const before = box.scripted.journal.length;
      const seen = await run(box.gateway.url, thinker.kind.scripted);
      expect(seen).toEqual({ thought, answer: WEATHER_ANSWER });
      expect(box.scripted.journal).toHaveLength(before + 2);
      if (lost) expect(secondTold(box)).not.toHaveProperty('reasoning_content');
      else expect(secondTold(box)).toMatchObject(thinker.givenBack);
    },
  );

  it.each(THINKING_CLIENTS)(
    'goes to its user, its signature back to Gemini: $name',
    async ({ run, speaks }) => {
      const seen = await run(box.gateway.url, GEMINI.model);
      expect(seen).toEqual({ thought: speaks === 'Chat' ? '' : THOUGHT, answer: WEATHER_ANSWER });
      expect(signatureGivenBack(box)).toBe('given back');
    },
  );

  it.each(TAKEOVERS)('stays behind when another takes over: $client, $upstream', async ({ run, thinker }) => {
    const [, last] = answers(thinker.seal);
    box.scripted.script(sse(thinker.encoder.stream(last)));
    const seen = await run(box.gateway.url, GEMINI.model, thinker.kind.scripted);
    expect(seen.answer).toBe(WEATHER_ANSWER);
    const body = box.scripted.journal.at(-1)?.body.toString() ?? '';
    expect([body.includes('get_weather'), body.includes('le1.')]).toEqual([true, false]);
  });
});
