import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';

const provider = (id: string, model: string) => ({
  id,
  name: id,
  api_pattern: `https://${id}\\.example`,
  models: [{ id: model, match: { equals: model }, prices: { input_mtok: 1_000, output_mtok: 0 } }],
});
const FILE = [provider('openai', 'gpt-4o-mini'), provider('anthropic', 'claude-new')];

describeBlackBox(
  'newer prices',
  (box) => {
    it('are fetched and count from then on', async () => {
      box.upstream.script((context) =>
        (context.request.path === '/prices.json' ? json(200, FILE) : json(200, CHAT_REPLY))(context),
      );
      await until('a call costs what the new file says', async () => {
        const answer = await box.call('/v1/chat/completions', CHAT, {
          headers: { 'cache-control': 'no-store, no-cache' },
        });
        await answer.text();
        // 1,000 tokens of input at 1,000 dollars a million.
        return answer.headers['x-llm-edge-cost-usd'] === '1';
      });
      const fetched = box.upstream.journal.filter(({ path }) => path === '/prices.json');
      expect(fetched).toHaveLength(1);
      expect(fetched[0]?.headers).not.toHaveProperty('authorization');
    });
  },
  (upstream) => ({ PRICES_REFRESH_URL: `${upstream}/prices.json` }),
);

describeBlackBox(
  'pictures',
  (box) => {
    const ask = async (model: string, answer: object) => {
      box.upstream.script(json(200, answer));
      const told = await box.call('/v1/images/generations', { model, prompt: 'a boat', n: 2 });
      expect(await told.json()).toEqual(answer);
      return told.headers['x-llm-edge-cost-usd'];
    };
    const two = { created: 1, data: [{ url: 'https://a' }, { url: 'https://b' }] };

    it('cost what the operator says a piece costs', async () => {
      expect(await ask('dall-e-3', two)).toBe('0.08');
      const { body } = box.upstream.journal.at(-1) ?? {};
      expect(JSON.parse(String(body))).toEqual({ model: 'dall-e-3', prompt: 'a boat', n: 2 });
    });

    it('cost their tokens where the provider counts them', async () => {
      const usage = { input_tokens: 10, output_tokens: 100, input_tokens_details: { image_tokens: 4 } };
      // 6 tokens of text and 4 of pictures in, 100 of pictures out.
      expect(await ask('gpt-image', { ...two, usage })).toBe('0.001015');
    });

    it('have no known cost where nobody says it', async () => {
      expect(await ask('dall-e-2', two)).toBeUndefined();
      expect(await ask('gpt-image', two)).toBeUndefined();
    });
  },
  undefined,
  `
prices:
  openai/dall-e-3: { input: 0, output: 0, image: 0.04 }
  openai/gpt-image: { input: 0.5, image_input: 3, output: 1, image_output: 10 }
`,
);
