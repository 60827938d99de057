import { expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, describeBlackBox, MESSAGES } from '../support/black-box.ts';
import { json } from '../support/fault-upstream.ts';
import { until } from '../support/wait.ts';

const ADMIN = 'sk-admin-key-0123456789';
const key = (name: string) => `sk-gateway-limits-${name}`;
const as = (name: string, headers: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${key(name)}`, ...headers },
});

/** What one call of these costs: 1000 tokens in and 100 out of gpt-4o-mini. */
const COST = 0.000_21;
const SHORT = { ...CHAT, max_tokens: 100 };

const file = `
keys:
  - { name: slow, key: ${key('slow')}, rpm: 2 }
  - { name: few, key: ${key('few')}, tpm: 3000 }
  - { name: one, key: ${key('one')}, concurrency: 1 }
  - { name: poor, key: ${key('poor')}, budgets: [{ usd: 0.0005, period: day, soft_percent: 40 }] }
  - { name: tagged, key: ${key('tagged')}, tenant: shop, tags: [team=search] }
  - { name: spender, key: ${key('spender')}, tenant: ledger, tags: [team=a] }
  - { name: sibling, key: ${key('sibling')}, tenant: ledger }
tenants:
  shop:
    tag_budgets: { team=search: [{ usd: 0.0001, period: total }] }
model_limits:
  gpt-4o: { rpm: 1 }
`;

describeBlackBox(
  'limits and budgets',
  (box) => {
    it('hold a key to its requests, and say what is left', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const first = await box.call('/v1/chat/completions', SHORT, as('slow'));
      expect(first.headers).toMatchObject({
        'x-ratelimit-limit-requests': '2',
        'x-ratelimit-remaining-requests': '1',
      });
      await box.call('/v1/chat/completions', SHORT, as('slow'));
      const refused = await box.call('/v1/chat/completions', SHORT, as('slow'));
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({
        error: { code: 'rate_limited', type: 'rate_limit_error' },
      });
      const inMessages = await box.call('/v1/messages', MESSAGES, as('slow'));
      expect(inMessages.status).toBe(429);
      expect(await inMessages.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
      expect(inMessages.headers).toMatchObject({
        'anthropic-ratelimit-requests-limit': '2',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
    });

    it('hold a key to its tokens: those that a call may take, then those that it took', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const first = await box.call('/v1/chat/completions', { ...CHAT, max_tokens: 2500 }, as('few'));
      expect(Number(first.headers['x-ratelimit-remaining-tokens'])).toBeLessThan(500);
      const left = await until('what was not used is given back', async () => {
        const { headers } = await box.call('/v1/models', undefined, as('few'));
        const tokens = Number(headers['x-ratelimit-remaining-tokens']);
        return tokens >= 1_800 && tokens;
      });
      expect(left).toBeLessThan(2_300);
      const refused = await box.call('/v1/chat/completions', { ...CHAT, max_tokens: 2900 }, as('few'));
      expect(refused.status).toBe(429);
      expect(await refused.text()).toContain('tokens a minute');
    });

    it('hold a model to its own limit, whatever key asks', async () => {
      const gpt4o = { ...SHORT, model: 'gpt-4o' };
      expect((await box.call('/v1/chat/completions', gpt4o, as('spender'))).status).toBe(200);
      const refused = await box.call('/v1/chat/completions', gpt4o, as('sibling'));
      expect(refused.status).toBe(429);
      expect(await refused.text()).toContain('The model gpt-4o may make 1 requests a minute');
    });

    it('hold a key to calls under way', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const all = await Promise.all(
        Array.from({ length: 4 }, () => box.call('/v1/chat/completions', SHORT, as('one'))),
      );
      const statuses = all.map(({ status }) => status).sort();
      expect(statuses[0]).toBe(200);
      await until('the next one may', async () => {
        const { status } = await box.call('/v1/chat/completions', SHORT, as('one'));
        return status === 200;
      });
    });

    it('refuse what a budget has no room for, and warn before', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      const first = await box.call('/v1/chat/completions', SHORT, as('poor'));
      expect(first.status).toBe(200);
      expect(first.headers['x-llm-edge-budget-warning']).toBeUndefined();
      const second = await until('the first is settled', async () => {
        const answer = await box.call('/v1/chat/completions', SHORT, as('poor'));
        return answer.headers['x-llm-edge-budget-warning'] !== undefined && answer;
      });
      expect(second.headers['x-llm-edge-budget-warning']).toMatch(
        /^\d\d% of the budget of 0.0005 USD a day of this key is spent$/,
      );
      const refused = await until('the budget is spent', async () => {
        const answer = await box.call('/v1/chat/completions', SHORT, as('poor'));
        return answer.status === 402 && answer;
      });
      expect(await refused.json()).toMatchObject({ error: { code: 'budget_exceeded' } });
      const other = await box.call('/v1/messages', MESSAGES, as('poor'));
      expect([other.status, await other.json()]).toMatchObject([402, { error: { type: 'billing_error' } }]);
    });

    it('hold the calls with a tag to its budget', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      expect(
        (await box.call('/v1/chat/completions', { ...CHAT, max_tokens: 1000 }, as('tagged'))).status,
      ).toBe(402);
    });

    it('tell a key what it used, and the operator what all did, to the nano-dollar', async () => {
      box.upstream.script(json(200, CHAT_REPLY));
      for (let i = 0; i < 3; i += 1)
        await box.call('/v1/chat/completions', SHORT, as('spender', { 'x-llm-edge-tags': 'app=web' }));
      await box.call('/v1/chat/completions', SHORT, as('sibling'));
      const own = await until('it is entered', async () => {
        const { data } = (await (
          await box.call('/v1/usage?group_by=model,tag', undefined, as('spender'))
        ).json()) as { data: Record<string, unknown>[] };
        return data.some(({ model, attempts }) => model === 'gpt-4o-mini' && attempts === 3) && data;
      });
      const mini = own.filter(({ model }) => model === 'gpt-4o-mini');
      expect(mini.map(({ tag }) => tag)).toEqual(['app=web', 'team=a']);
      for (const line of mini)
        expect(line).toMatchObject({
          cost_usd: String(Number((3 * COST).toFixed(9))),
          input_tokens: 3000,
          output_tokens: 300,
        });

      const admin = { headers: { authorization: `Bearer ${ADMIN}` } };
      const csv = await box.call(
        '/admin/usage?tenant=ledger&group_by=key,model&format=csv',
        undefined,
        admin,
      );
      expect(csv.headers['content-type']).toContain('text/csv');
      const lines = (await csv.text()).trim().split('\r\n');
      expect(lines[0]).toMatch(/^key,model,attempts,/);
      expect(lines.some((line) => line.startsWith('static-spender,gpt-4o-mini,3,'))).toBe(true);
      expect(lines.some((line) => line.startsWith('static-sibling,gpt-4o-mini,1,'))).toBe(true);
      expect((await box.call('/admin/usage', undefined, as('spender'))).status).toBe(401);
      expect((await box.call('/v1/usage?group_by=secret', undefined, as('spender'))).status).toBe(400);
    });
  },
  () => ({ ADMIN_API_KEY: ADMIN }),
  file,
);
