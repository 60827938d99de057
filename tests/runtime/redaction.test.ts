import { expect, it } from 'vitest';
import { type BlackBox, CHAT_REPLY, chatEvents, describeBlackBox, MESSAGES } from '../support/black-box.ts';
import { json, sse } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';

const PERSON = 'ann.smith@example.com';
const CARD = '4111 1111 1111 1111';
const TEXT = `Write to ${PERSON} about ${CARD}`;
const chat = (content: string, more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content }],
  ...more,
});
const reply = (content: string) => ({
  ...CHAT_REPLY,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});
const sent = (box: BlackBox) => String(box.upstream.journal.at(-1)?.body);

async function ask(box: BlackBox, body: object, path = '/v1/chat/completions') {
  const answer = await box.call(path, body);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describeBlackBox(
  'redaction that puts back',
  (box) => {
    it('keeps values from the provider and gives them to the client', async () => {
      box.upstream.script(json(200, reply('To [EMAIL_1]: card [CARD_1] is fine')));
      const answer = await ask(box, chat(TEXT));
      expect(sent(box)).toContain('Write to [EMAIL_1] about [CARD_1]');
      expect(sent(box)).not.toMatch(/ann\.smith|4111/);
      expect(JSON.parse(answer.text).choices[0].message.content).toBe(`To ${PERSON}: card ${CARD} is fine`);
    });

    it('finds placeholders across the deltas of a stream', async () => {
      const words = ['To ', '[', 'EMA', 'IL', '_1', '], ', 'bye [x]'];
      box.upstream.script(sse(chatEvents(words)));
      const { text } = await ask(box, chat(TEXT, { stream: true, seed: 1 }));
      const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');
      expect(said).toBe(`To ${PERSON}, bye [x]`);
      expect(text).toContain('data: [DONE]');
    });

    it('works through a translation too', async () => {
      const content = [{ type: 'text', text: 'Dear [EMAIL_1]' }];
      const usage = { input_tokens: 1, output_tokens: 1 };
      const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content, usage };
      box.upstream.script(json(200, { ...message, stop_reason: 'end_turn', stop_sequence: null }));
      const { text } = await ask(box, chat(TEXT, { model: 'claude-haiku-4-5' }));
      expect(sent(box)).not.toContain(PERSON);
      expect(JSON.parse(text).choices[0].message.content).toBe(`Dear ${PERSON}`);
    });

    it('answers two people from one entry of the cache, each with its own', async () => {
      box.upstream.script(json(200, reply('Dear [EMAIL_1]')));
      const greet = (person: string) => ask(box, chat(`Greet ${person}`));
      await greet('bob@example.com');
      const calls = box.upstream.journal.length;
      await until(
        'it is kept',
        async () => (await greet('bob@example.com')).headers['x-llm-edge-cache'] === 'hit-l1',
      );
      const other = await greet('eve@example.com');
      expect(other.headers['x-llm-edge-cache']).toBe('hit-l1');
      expect(JSON.parse(other.text).choices[0].message.content).toBe('Dear eve@example.com');
      expect(box.upstream.journal.length).toBe(calls);
    });

    it('masks what it does not read', async () => {
      box.upstream.script(json(200, { results: [] }));
      await ask(box, { input: TEXT }, '/v1/moderations');
      expect(JSON.parse(sent(box))).toEqual({ input: 'Write to [EMAIL] about [CARD]' });
    });

    it('logs none of it, nor a key that somebody took for a model', async () => {
      const key = `sk-proj-${'a1'.repeat(20)}`;
      await ask(box, { ...chat(TEXT), model: key });
      await until('it is logged', () => box.gateway.logs().includes('[API_KEY]'));
      for (const secret of [PERSON, CARD, key]) expect(box.gateway.logs()).not.toContain(secret);
    });
  },
  () => ({ REDACTION: 'tokenize', CACHE_MODE: 'all' }),
);

describeBlackBox(
  'redaction that refuses',
  (box) => {
    it('says what was found in the dialect of the caller, and asks no provider', async () => {
      const calls = box.upstream.journal.length;
      const openai = await ask(box, chat(TEXT));
      expect(openai.status).toBe(400);
      expect(JSON.parse(openai.text).error).toMatchObject({
        code: 'sensitive_data',
        type: 'invalid_request_error',
      });
      expect(openai.text).toContain('email, card');
      expect(openai.text).not.toContain(PERSON);
      const anthropic = await ask(
        box,
        { ...MESSAGES, messages: [{ role: 'user', content: TEXT }] },
        '/v1/messages',
      );
      expect(JSON.parse(anthropic.text)).toMatchObject({
        type: 'error',
        error: { type: 'invalid_request_error' },
      });
      expect(box.upstream.journal.length).toBe(calls);
    });

    it('lets pass what has nothing in it, byte for byte', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const body =
        '{ "model":"gpt-4o-mini" ,"messages":[{"role":"user","content":"H\\u00e9, [EMAIL_1]"}],"n":1.0}';
      const answer = await box.call('/v1/chat/completions', body);
      expect(answer.status).toBe(200);
      expect(sent(box)).toBe(body);
    });
  },
  () => ({ REDACTION: 'block', REDACTION_KINDS: 'email,card' }),
);
