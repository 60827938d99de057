import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../adapters/memory/clock.ts';
import { createSandbox } from './index.ts';
import { jsonOfReply, requestTo } from './testing.ts';

interface Embeddings {
  data: { embedding: number[] | string; index: number }[];
  usage: { prompt_tokens: number };
}

const sandbox = createSandbox({ clock: createFakeClock() });

async function embed(body: object): Promise<Embeddings> {
  const reply = await sandbox(requestTo('/embeddings', { model: 'embed', ...body }));
  expect(reply.status).toBe(200);
  return jsonOfReply<Embeddings>(reply);
}

async function vector(input: string, dimensions?: number): Promise<number[]> {
  return (await embed({ input, dimensions })).data[0]?.embedding as number[];
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

describe('embeddings', () => {
  it('are unit vectors of the length asked for, 256 by default', async () => {
    for (const text of ['hello', '!', 'the quick brown fox', '日本語']) {
      expect(await vector(text)).toHaveLength(256);
      expect(await vector(text, 3)).toHaveLength(3);
      expect(dot(await vector(text), await vector(text))).toBeCloseTo(1, 5);
      expect(dot(await vector(text, 1), await vector(text, 1))).toBeCloseTo(1, 5);
    }
  });

  it('are the same for the same text, near for a like one and far for another', async () => {
    const a = await vector('what is the capital of France');
    expect(await vector('what is the capital of France')).toEqual(a);
    expect(dot(a, await vector('What is the capital of France?'))).toBeGreaterThan(0.9);
    expect(dot(a, await vector('bake bread without yeast'))).toBeLessThan(0.4);
  });

  it('in base64 are the same numbers', async () => {
    const { data } = await embed({ input: 'hello', encoding_format: 'base64', dimensions: 8 });
    const bytes = Buffer.from(data[0]?.embedding as string, 'base64');
    expect(Array.from({ length: 8 }, (_, i) => bytes.readFloatLE(i * 4))).toEqual(await vector('hello', 8));
  });

  it('take lists of texts and of tokens, in order', async () => {
    const { data, usage } = await embed({ input: ['one', 'two'] });
    expect(data.map((one) => one.index)).toEqual([0, 1]);
    expect(data[1]?.embedding).toEqual(await vector('two'));
    expect(usage.prompt_tokens).toBe(2);
    expect((await embed({ input: [1, 2, 3] })).data).toHaveLength(1);
    expect((await embed({ input: [[1], [2]] })).data).toHaveLength(2);
  });

  it('have an upper bound for one answer', async () => {
    const input = Array.from({ length: 2048 }, () => 'x');
    const reply = await sandbox(requestTo('/embeddings', { model: 'embed', input, dimensions: 4096 }));
    expect(reply.status).toBe(400);
  });
});
