import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';

const LIMITED = 'sk-gateway-test-key-0003';

const FILE = `
providers:
  backup: { base_url: http://127.0.0.1:9/v1, api_key: sk-backup, endpoints: [chat, responses] }
keys:
  - { name: limited, key: ${LIMITED}, models: [smart, claude-haiku-4-5] }
routes:
  smart:
    targets:
      - { target: openai/gpt-4o-mini, tags: { region: us } }
      - { target: anthropic/claude-haiku-4-5, tier: 1 }
      - openai/gpt-3.5-turbo
  team-*: openai/gpt-*
  either: [openai/gpt-4o, anthropic/claude-haiku-4-5]
  calm: [{ target: openai/gpt-4o, overrides: { temperature: 0, user: gateway } }]
  kept: [backup/gpt-4o, openai/gpt-4o]
aliases: { best: smart }
default_route: smart
`;

interface Explanation {
  readonly route: string;
  readonly strategy: string;
  readonly targets: readonly Record<string, unknown>[];
  readonly left_out: readonly Record<string, unknown>[];
}

describeBlackBox(
  'routes',
  (box) => {
    const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
    const image = { type: 'image_url', image_url: { url: 'https://x.example/a.png' } };

    it.each([
      ['smart', 'gpt-4o-mini'],
      ['best', 'gpt-4o-mini'],
      ['team-5', 'gpt-5'],
      ['nobodys', 'gpt-4o-mini'],
      ['gpt-4.1', 'gpt-4.1'],
    ])('send %s to where it leads', async (model, sent) => {
      box.upstream.script(json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', { ...CHAT, model });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ 'x-llm-edge-provider': 'openai', 'x-llm-edge-model': sent });
      expect(JSON.parse(String(box.upstream.journal.at(-1)?.body))).toMatchObject({ model: sent });
    });

    it('set fields of the body', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const answer = await box.call('/v1/chat/completions', {
        ...CHAT,
        model: 'calm',
        temperature: 1,
        top_p: 1,
      });
      expect(answer.status).toBe(200);
      expect(JSON.parse(String(box.upstream.journal.at(-1)?.body))).toEqual({
        ...CHAT,
        model: 'gpt-4o',
        temperature: 0,
        top_p: 1,
        user: 'gateway',
      });
    });

    it('go back to the provider that keeps what a call goes on from', async () => {
      box.upstream.script(json(200, { id: 'resp_keptByOpenai1', object: 'response', status: 'completed' }));
      const first = await box.call('/v1/responses', { model: 'openai/gpt-4o', input: 'Hi' });
      expect(first.status).toBe(200);
      await first.text();
      const further = { model: 'kept', input: 'Go on', previous_response_id: 'resp_keptByOpenai1' };
      const plan = (await (await box.call('/v1/explain', further)).json()) as Explanation;
      expect(plan.targets).toMatchObject([{ provider: 'openai' }]);
      expect(plan.left_out).toMatchObject([{ provider: 'backup', reason: expect.stringContaining('keeps') }]);
      const answer = await box.call('/v1/responses', further);
      expect([answer.status, answer.headers['x-llm-edge-provider']]).toEqual([200, 'openai']);
    });

    it('explain themselves', async () => {
      const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }];
      const answer = await box.call('/v1/explain', { model: 'best', messages });
      expect((await answer.json()) as Explanation).toMatchObject({
        route: 'smart',
        strategy: 'priority',
        targets: [
          {
            provider: 'openai',
            model: 'gpt-4o-mini',
            tier: 0,
            tags: { region: 'us' },
            score: 0,
            reason: 'the only one of its tier',
            standing: 'ready',
            dialect: 'chat',
          },
          { provider: 'anthropic', tier: 1, dialect: 'messages', translated: true },
        ],
        left_out: [{ provider: 'openai', model: 'gpt-3.5-turbo', reason: 'it cannot do vision' }],
      });
    });

    it('go only where all of a call can be said', async () => {
      const asked = { ...CHAT, model: 'either', logit_bias: { 1: 2 } };
      const plan = (await (await box.call('/v1/explain', asked)).json()) as Explanation;
      expect(plan.targets).toMatchObject([{ provider: 'openai' }]);
      expect(plan.left_out).toMatchObject([
        { provider: 'anthropic', reason: expect.stringContaining('logit_bias') },
      ]);
      const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
      const messages = [{ role: 'user', content: [audio] }];
      const refused = await box.call('/v1/chat/completions', { model: 'either', messages });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({
        error: { message: expect.stringMatching(/openai\/gpt-4o: it cannot do audio; anthropic\//) },
      });
    });

    it('are for the keys that may use them', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const ask = async (model: string) =>
        (await box.call('/v1/chat/completions', { ...CHAT, model }, as(LIMITED))).status;
      expect(await ask('smart')).toBe(200);
      expect(await ask('best')).toBe(200);
      expect(await ask('gpt-4o-mini')).toBe(403);
      expect(await ask('team-5')).toBe(403);
      const plan = await box.call('/v1/explain', { ...CHAT, model: 'either' }, as(LIMITED));
      expect(await plan.json()).toMatchObject({
        targets: [{ provider: 'anthropic' }],
        left_out: [{ model: 'gpt-4o', reason: 'this key may not use it' }],
      });
    });

    it('are listed', async () => {
      const list = async (headers: object = {}) => {
        const { data } = (await (await box.call('/v1/models', undefined, headers)).json()) as {
          data: { id: string; owned_by: string }[];
        };
        return data;
      };
      const all = await list();
      expect(all.slice(0, 3)).toMatchObject([
        { id: 'smart', owned_by: 'llm-edge-agent' },
        { id: 'either' },
        { id: 'calm' },
      ]);
      expect(all.some(({ id }) => id.includes('*'))).toBe(false);
      expect((await list(as(LIMITED))).map(({ id }) => id)).toEqual([
        'smart',
        'either',
        'best',
        'claude-haiku-4-5',
      ]);
      expect((await box.call('/v1/models/smart')).status).toBe(200);
      expect((await box.call('/v1/models/team-5')).status).toBe(404);
    });
  },
  () => ({}),
  FILE,
);
