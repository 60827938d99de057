import { Agent } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHAT_REPLY, chatEvents } from '../support/black-box.ts';
import { type FaultUpstream, json, sse, startFaultUpstream } from '../support/fault-upstream.ts';
import { findSample } from '../support/prometheus.ts';
import { ask, fresh, startCached } from './cache-rig.ts';
import type { NodeGateway } from './node-gateway.ts';

const MIB = 1024 ** 2;
const L1_BYTES = 8 * MIB;
const ANSWER_BYTES = 16 * 1024;
const ANSWERS = 4_000;
const CALLERS = 16;
/** Of what passes, 64 MiB in all, next to nothing may stay: 3 MiB were measured, and 512 MiB added no more. */
const SLACK_BYTES = 24 * MIB;

let upstream: FaultUpstream;
let gateway: NodeGateway;

beforeEach(async () => {
  const text = 'w'.repeat(ANSWER_BYTES);
  const [choice] = CHAT_REPLY.choices;
  const whole = json(200, {
    ...CHAT_REPLY,
    choices: [{ ...choice, message: { role: 'assistant', content: text } }],
  });
  const stream = sse(chatEvents(Array.from({ length: 16 }, () => text.slice(0, ANSWER_BYTES / 16))));
  upstream = await startFaultUpstream((context) =>
    (`${context.request.body}`.includes('"stream":true') ? stream : whole)(context),
  );
  gateway = await startCached(upstream.url, { L1_CACHE_BYTES: String(L1_BYTES), L1_CACHE_SIZE: '1000000' });
});
afterEach(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** So many different calls, half of them streams. Each is asked twice. */
async function pass(count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const body = fresh(left % 2 === 0 ? {} : { stream: true });
      for (const wanted of ['miss', /^(hit-l1|miss|coalesced)$/]) {
        const answer = await ask(gateway, body, { agent });
        expect(answer).toMatchObject({ status: 200, cache: expect.stringMatching(wanted) });
        expect(answer.text.length).toBeGreaterThan(ANSWER_BYTES);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  agent.destroy();
}

async function memory() {
  const samples = await gateway.samples();
  const read = (name: string, labels = {}) => findSample(samples, name, labels) ?? Number.NaN;
  return {
    rss: read('llm_edge_memory_bytes'),
    kept: read('llm_edge_cache_bytes', { tier: 'l1' }),
    entries: read('llm_edge_cache_entries', { tier: 'l1' }),
  };
}

it('keeps to its bounds whatever passes', async () => {
  // So many, until the heap is as large as it gets.
  await pass(ANSWERS);
  const before = await memory();
  await pass(ANSWERS);
  const after = await memory();
  const grown = after.rss - before.rss;
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
  console.log(
    `${ANSWERS} answers of ${ANSWER_BYTES / 1024} KiB passed: ${after.entries} kept in ${mib(after.kept)}, the process grew by ${mib(grown)}`,
  );
  for (const { kept, entries } of [before, after]) {
    expect(kept).toBeLessThanOrEqual(L1_BYTES);
    expect(kept).toBeGreaterThan(0.9 * L1_BYTES);
    // The entries are counted as no less than what they hold.
    expect(kept / entries).toBeGreaterThan(ANSWER_BYTES);
    expect(kept / entries).toBeLessThan(1.5 * ANSWER_BYTES);
  }
  expect(grown).toBeLessThan(SLACK_BYTES);
}, 60_000);
