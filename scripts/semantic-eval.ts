/** Measures a threshold and an embedding model for the semantic cache on labelled pairs of questions. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { evaluate, report } from './semantic-eval/evaluate.ts';
import { readPairs } from './semantic-eval/pairs.ts';
import { fetchVectors, readVectors } from './semantic-eval/vectors.ts';

const HELP = `Usage: node scripts/semantic-eval.ts --pairs FILE (--url URL --model MODEL | --vectors FILE)

Prints how many pairs of questions the semantic cache would have answered with one answer, rightly and wrongly, for thresholds
from 0.80 to 0.99, by vectors alone and with the gateway's rules and guard.

  --pairs FILE     JSON lines {"a":"…","b":"…","same":true}, or CSV (or tabs) with the columns a, b and same
                   (also question1, question2, is_duplicate; sentence1, sentence2, label)
  --url URL        a running gateway, such as http://127.0.0.1:8080; GATEWAY_KEY is its key, if it wants one
  --model MODEL    the embedding model, by the gateway's name for it
  --vectors FILE   instead of a gateway: JSON lines {"text":"…","vector":[…]} for every text of the pairs
  --json           print JSON`;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    url: { type: 'string' },
    model: { type: 'string' },
    vectors: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

try {
  console.log(values.help ? HELP : await run());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(): Promise<string> {
  if (values.pairs === undefined) throw new Error(HELP);
  const pairs = readPairs(readFileSync(values.pairs, 'utf8'));
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const vectors = await vectorsOf(texts);
  const evaluation = evaluate(pairs, (text) => {
    const vector = vectors.get(text);
    if (vector === undefined) throw new Error(`there is no vector for ${JSON.stringify(text)}`);
    return vector;
  });
  return values.json ? JSON.stringify(evaluation, null, 2) : report(evaluation);
}

async function vectorsOf(texts: readonly string[]): Promise<Map<string, Float32Array>> {
  const { url, model, vectors } = values;
  if (vectors !== undefined) return readVectors(readFileSync(vectors, 'utf8'));
  if (url === undefined || model === undefined) throw new Error(HELP);
  return fetchVectors(texts, { url, model, key: process.env.GATEWAY_KEY || null });
}
