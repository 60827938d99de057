import { expect, it } from 'vitest';
import {
  type BlackBox,
  CHAT_REPLY,
  chatEvents,
  describeBlackBox,
  KEY,
  SECRETS,
} from '../support/black-box.ts';
import { type Behaviour, hangBeforeHeaders, json, sse } from '../support/fault-upstream.ts';
import { type ClientRequest, send } from '../support/http-client.ts';
import { readSamples, sumSamples } from '../support/prometheus.ts';
import { until, within } from '../support/wait.ts';

const OTHER_KEY = 'sk-gateway-test-key-0002';
const MODEL = 'text-embedding-3-small';

const env = (mode: string) => () => ({
  CACHE_MODE: 'all',
  CACHE_SEMANTIC: mode,
  CACHE_SEMANTIC_MODEL: `openai/${MODEL}`,
  // Other tests may hold the machine up.
  CACHE_SEMANTIC_TIMEOUT_MS: '2000',
  GATEWAY_API_KEYS: `test:${KEY},other:${OTHER_KEY}`,
  RATE_LIMIT_RPM: '100000',
});

let count = 0;
/** A name that no question had before. */
const freshName = () => `Thing${String.fromCharCode(65 + (count++ % 26))}${'x'.repeat(count)}`;
const chat = (content: unknown, more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content }],
  ...more,
});

const DIMENSIONS = 128;
const TILT = DIMENSIONS - 1;

/** Questions with the same first name, by its age, are near to each other (0.97), whatever else they ask; all others are far apart. */
function vectorOf(text: string): number[] {
  const lengths = Array.from(text.matchAll(/Thing\w+/g), ([name]) => name.length);
  const vector = new Array<number>(DIMENSIONS).fill(0);
  vector[Math.min(...lengths, TILT) % TILT] = 1;
  vector[TILT] = text.startsWith('Please') ? 0.25 : 0;
  return vector;
}

const isEmbedding: (path: string) => boolean = (path) => path.endsWith('/embeddings');

/** OpenAI with its models for both. */
function upstream(answer: Behaviour, embedding: Behaviour = embed): Behaviour {
  return (context) => (isEmbedding(context.request.path) ? embedding : answer)(context);
}

const embed: Behaviour = (context) => {
  const { input } = JSON.parse(context.request.body.toString());
  const data = [{ object: 'embedding', index: 0, embedding: vectorOf(input) }];
  const usage = { prompt_tokens: 12, total_tokens: 12 };
  return json(200, { object: 'list', model: MODEL, data, usage })(context);
};

async function ask(box: BlackBox, body: object, options: ClientRequest = {}, path = '/v1/chat/completions') {
  const answer = await box.call(path, body, options);
  const text = await answer.text();
  const { 'x-llm-edge-cache': cache, 'x-llm-edge-cache-similarity': similarity } = answer.headers;
  return { status: answer.status, headers: answer.headers, text, cache, similarity };
}

const embeddings = (box: BlackBox) => box.upstream.journal.filter(({ path }) => isEmbedding(path));
const chats = (box: BlackBox) => box.upstream.journal.filter(({ path }) => !isEmbedding(path));

const ONLY_IF_CACHED = { headers: { 'cache-control': 'only-if-cached' } };

/** Asks until the cache has an answer, whatever call it was given to: it is kept behind its back. */
function untilHit(box: BlackBox, body: object, headers: Record<string, string> = {}) {
  return until('the cache has it', async () => {
    const answer = await ask(box, body, { headers: { ...ONLY_IF_CACHED.headers, ...headers } });
    return answer.status === 200 && answer;
  });
}

async function counted(box: BlackBox, result: string): Promise<number> {
  const [, url = ''] = /metrics on (http:\S+)/.exec(box.gateway.logs()) ?? [];
  const samples = readSamples(await (await send(url)).text());
  return sumSamples(samples, 'llm_edge_cache_semantic_total', { result });
}

describeBlackBox(
  'the semantic cache, on',
  (box) => {
    /** A question that was answered, and another one that means the same. */
    async function answered(more: object = {}) {
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      const name = freshName();
      const first = chat(`How do I repair a ${name}?`, more);
      await ask(box, first);
      const same = chat(`Please, how can I repair the ${name}?`, more);
      const hit = await untilHit(box, same);
      expect(hit.similarity).toBe('0.97');
      return { name, first, same };
    }

    it('answers a question with what was answered to one that means the same', async () => {
      const { same } = await answered();
      const before = chats(box).length;
      const hit = await ask(box, same);
      expect(hit).toMatchObject({ status: 200, cache: 'hit-l1', similarity: '0.97' });
      expect(hit.headers).toMatchObject({ 'x-llm-edge-cost-usd': '0', 'x-llm-edge-attempts': '0' });
      expect(JSON.parse(hit.text)).toEqual(CHAT_REPLY);
      expect(chats(box)).toHaveLength(before);
      const call = embeddings(box).at(-1);
      expect(call?.headers.authorization).toBe(`Bearer ${SECRETS.openai}`);
      expect(JSON.parse(String(call?.body))).toEqual({
        model: MODEL,
        input: same.messages[0]?.content,
      });
    });

    it('asks for no vector where the call itself was answered before', async () => {
      const { first } = await answered();
      const before = embeddings(box).length;
      const hit = await ask(box, first);
      expect(hit).toMatchObject({ cache: 'hit-l1', similarity: undefined });
      expect(embeddings(box)).toHaveLength(before);
    });

    it('answers a stream with what came whole', async () => {
      const { same } = await answered();
      const hit = await ask(box, { ...same, stream: true });
      expect(hit).toMatchObject({ cache: 'hit-l1', similarity: '0.97' });
      expect(hit.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(hit.text.endsWith('data: [DONE]\n\n')).toBe(true);
    });

    it('remembers what came as a stream', async () => {
      box.upstream.script(upstream(sse(chatEvents(['One', ' two']))));
      const name = freshName();
      await ask(box, chat(`How do I repair a ${name}?`, { stream: true }));
      const hit = await untilHit(box, chat(`Please, how do I repair a ${name}?`));
      expect(JSON.parse(hit.text)).toMatchObject({ choices: [{ message: { content: 'One two' } }] });
    });

    it.each<[string, object, Record<string, string>]>([
      ['other instructions', { system: 'Be brief.' }, {}],
      ['another model', { model: 'gpt-4o' }, {}],
      ['another form of the answer', { response_format: { type: 'json_object' } }, {}],
      ['another temperature', { temperature: 0.2 }, {}],
      ['another length', { max_tokens: 5 }, {}],
      ['a field that nobody knows', { new_field: 1 }, {}],
      ['another tenant', {}, { authorization: `Bearer ${OTHER_KEY}` }],
      ['another namespace', {}, { 'x-llm-edge-cache-namespace': 'n' }],
    ])('is for nothing but the same question: not for %s', async (_, more, headers) => {
      const { same } = await answered();
      const { system, ...fields } = { system: undefined, ...more };
      const messages =
        system === undefined ? same.messages : [{ role: 'system', content: system }, ...same.messages];
      const before = embeddings(box).length;
      const other = await ask(box, { ...same, ...fields, messages }, { headers });
      expect(other).toMatchObject({ status: 200, cache: 'miss', similarity: undefined });
      expect(embeddings(box)).toHaveLength(before + 1);
    });

    it('is not for another dialect', async () => {
      const { same } = await answered();
      const { model, messages } = same;
      const other = await ask(box, { model, input: messages }, {}, '/v1/responses');
      expect(other).toMatchObject({ cache: 'miss', similarity: undefined });
    });

    it.each<[string, (name: string) => string]>([
      ['a number', (name) => `Please, how do I repair a ${name} in 5 minutes?`],
      ['a negation', (name) => `Please, how do I not repair a ${name}?`],
      ['a name', (name) => `Please, how do I repair a ${name} in Rome?`],
      ['another question', (name) => `Please, why do I repair a ${name}?`],
    ])('is guarded: %s makes it another question, however near', async (_, text) => {
      const { name } = await answered();
      const before = box.runtime === 'node' ? await counted(box, 'guarded') : 0;
      const other = await ask(box, chat(text(name)));
      expect(other).toMatchObject({ status: 200, cache: 'miss', similarity: undefined });
      if (box.runtime === 'node') expect(await counted(box, 'guarded')).toBe(before + 1);
    });

    it('is not for one who goes the other way', async () => {
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      const [from, to] = [freshName(), freshName()];
      const first = chat(`What is the way from ${from} to ${to}?`);
      await ask(box, first);
      await untilHit(box, chat(`Please, what's the way from ${from} to ${to}?`));
      const back = await ask(box, chat(`What is the way from ${to} to ${from}?`));
      expect(back).toMatchObject({ cache: 'miss', similarity: undefined });
    });

    it('is not for what has tools, several turns, pictures, a time, or no English', async () => {
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      const { name, same } = await answered();
      const before = embeddings(box).length;
      const tool = { type: 'function', function: { name: 'f', parameters: {} } };
      const picture = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
      const bodies = [
        { ...same, tools: [tool] },
        { ...same, messages: [...same.messages, { role: 'assistant', content: 'Yes' }, ...same.messages] },
        chat([{ type: 'text', text: `How do I repair a ${name}?` }, picture]),
        chat(`How do I repair a ${name} today?`),
        chat(`How do I repair my ${name}?`),
        chat(`Wie repariert man ${name} richtig?`),
        { ...same, temperature: 1.5 },
      ];
      for (const body of bodies) expect((await ask(box, body)).cache).toBe('miss');
      expect(embeddings(box)).toHaveLength(before);
    });

    it('remembers no answer that is not kept', async () => {
      const name = freshName();
      const first = chat(`How do I repair a ${name}?`);
      const same = chat(`Please, how can I repair the ${name}?`);
      box.upstream.script(upstream(json(400, { error: { message: 'no' } })));
      await ask(box, first);
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      await ask(box, first, { headers: { 'cache-control': 'no-store' } });
      expect((await ask(box, same, ONLY_IF_CACHED)).status).toBe(504);
    });

    it('gives nothing that was purged or is too old', async () => {
      const { same } = await answered();
      const old = await ask(box, same, { headers: { 'cache-control': 'only-if-cached, max-age=0' } });
      expect(old.status).toBe(504);
      expect((await ask(box, same, ONLY_IF_CACHED)).status).toBe(200);
      const headers = { authorization: 'Bearer admin-key-of-the-test' };
      const purged = await box.call('/admin/cache?tenant=test', undefined, { method: 'DELETE', headers });
      expect(purged.status).toBe(200);
      await until('it is purged', async () => (await ask(box, same, ONLY_IF_CACHED)).status === 504);
    });

    it('counts what it gave and what it paid', async () => {
      if (box.runtime !== 'node') return;
      const before = await counted(box, 'hit');
      const { same } = await answered();
      await ask(box, same);
      expect(await counted(box, 'hit')).toBeGreaterThanOrEqual(before + 2);
      const [, url = ''] = /metrics on (http:\S+)/.exec(box.gateway.logs()) ?? [];
      const samples = readSamples(await (await send(url)).text());
      const paid = { provider: 'openai', model: MODEL };
      const asked = sumSamples(samples, 'llm_edge_upstream_attempts_total', { ...paid, outcome: 'ok' });
      expect(asked).toBe(embeddings(box).length);
      expect(sumSamples(samples, 'llm_edge_tokens_total', { ...paid, type: 'input' })).toBe(12 * asked);
      expect(sumSamples(samples, 'llm_edge_cost_usd_total', paid)).toBeCloseTo(12 * asked * 0.02e-6, 12);
    });
  },
  () => ({ ...env('on')(), ADMIN_API_KEY: 'admin-key-of-the-test' }),
);

describeBlackBox(
  'the semantic cache in shadow',
  (box) => {
    it('serves nothing, and counts what it would have served', async () => {
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      const name = freshName();
      const first = chat(`How do I repair a ${name}?`);
      await ask(box, first);
      await untilHit(box, first);
      const near = chat(`Please, how do I repair a ${name}?`);
      if (box.runtime === 'node') {
        await until('it counts', async () => {
          expect((await ask(box, near, ONLY_IF_CACHED)).status).toBe(504);
          return (await counted(box, 'would_hit')) >= 1;
        });
        expect(await counted(box, 'hit')).toBe(0);
      }
      const before = embeddings(box).length;
      expect(await ask(box, near)).toMatchObject({ status: 200, cache: 'miss', similarity: undefined });
      expect(embeddings(box)).toHaveLength(before + 1);
    });
  },
  env('shadow'),
);

describeBlackBox(
  'the semantic cache, off',
  (box) => {
    it('asks for no vector', async () => {
      box.upstream.script(upstream(json(200, CHAT_REPLY)));
      const name = freshName();
      const first = chat(`How do I repair a ${name}?`);
      await ask(box, first);
      await untilHit(box, first);
      const near = await ask(box, chat(`Please, how do I repair a ${name}?`));
      expect(near).toMatchObject({ cache: 'miss', similarity: undefined });
      expect(embeddings(box)).toEqual([]);
    });
  },
  env('off'),
);

describeBlackBox(
  'the semantic cache without its model',
  (box) => {
    const question = () => chat(`How do I repair a ${freshName()}?`);

    it('goes on without: it is slow, it fails, it talks nonsense; and soon it is left alone', async () => {
      box.upstream.script(upstream(json(200, CHAT_REPLY), hangBeforeHeaders));
      const slow = await within('the answer', ask(box, question()), 4_000);
      expect(slow).toMatchObject({ status: 200, cache: 'miss', similarity: undefined });
      const hung = embeddings(box).at(-1);
      await within('the slow call is given up', hung?.aborted ?? Promise.reject(), 4_000);
      const bad: Behaviour[] = [json(500, {}), json(200, 'no json'), json(200, { data: [] }), json(429, {})];
      for (const behaviour of bad) {
        box.upstream.script(upstream(json(200, CHAT_REPLY), behaviour));
        expect(await ask(box, question())).toMatchObject({ status: 200, cache: 'miss' });
      }
      const before = embeddings(box).length;
      expect(before).toBe(5);
      // All at once: five seconds later it is tried again.
      const more = await Promise.all(Array.from({ length: 10 }, () => ask(box, question())));
      expect(more.map(({ cache }) => cache)).toEqual(more.map(() => 'miss'));
      expect(embeddings(box)).toHaveLength(before);
      if (box.runtime === 'node') expect(await counted(box, 'failed')).toBe(15);
    });
  },
  () => ({ ...env('on')(), CACHE_SEMANTIC_TIMEOUT_MS: '100' }),
);
