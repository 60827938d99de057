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
