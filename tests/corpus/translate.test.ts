import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithCorpus } from '../support/corpus.ts';
import { RUNTIMES, type RunningGateway } from '../support/gateway.ts';
import type { ChunkSize } from '../support/pieces.ts';
import { type ReplayUpstream, startReplayUpstream } from '../support/replay-upstream.ts';
import { startDialectGateway } from '../wire/dialect-gateway.ts';
import { wholeOf } from './translate-assemble.ts';
import { allCases, type Case, isExpressible } from './translate-cases.ts';
import { matrixOf, pairOf } from './translate-matrix.ts';
import { meaningOf } from './translate-meaning.ts';
import { readByOthers } from './translate-readers.ts';
import { ask, forAll, type Passage, requireSame, requireSameTalk } from './translate-run.ts';

const MINUTES_2 = 120_000;
/** A stream longer than this is not cut as fine: each piece is a write of its own. */
const FINE_UP_TO = 24 * 1024;

describeWithCorpus('recorded conversations in every other dialect', () => {
  const all = allCases();
  const cases = all.filter(isExpressible);
  /** Node's answers, which those of other chunks and of the other runtime have to equal. */
  const answers = new Map<Case, string>();

  describe.each(RUNTIMES)('on %s', (runtime) => {
    const passage: { upstream?: ReplayUpstream; gateway?: RunningGateway } = {};
    beforeAll(async () => {
      passage.upstream = await startReplayUpstream();
      passage.gateway = await startDialectGateway(runtime, passage.upstream.url);
    });
    afterAll(async () => {
      await passage.gateway?.close();
      await passage.upstream?.close();
    });
    const started = (): Passage => ({ gatewayUrl: passage.gateway!.url, upstream: passage.upstream! });

    if (runtime === 'node') meansTheSame(started);
    else
      it(`gives what Node gives: ${cases.length} answers`, { timeout: MINUTES_2 }, async () => {
        expect(await differing(started(), cases, 'whole')).toEqual([]);
      });
  });

  function meansTheSame(started: () => Passage): void {
    const name = `means the same: ${cases.length} recordings that clients of another dialect could have had, of ${all.length}`;
    it(name, { timeout: MINUTES_2 }, async () => {
      const failed = new Map<Case, string>();
      await forAll(cases, async (tried, index) => {
        await meansItself(started(), tried, `whole/${index}`).catch((fault: Error) => {
          failed.set(tried, `${pairOf(tried)} ${tried.id}: ${fault.message}`);
        });
      });
      expect([...failed.values()]).toEqual([]);
      const matrix = matrixOf(all, new Set(failed.keys()));
      const text = `${JSON.stringify(matrix, null, 2)}\n`;
      // When it has become better: vitest run -u, and node scripts/translation-docs.ts.
      await expect(text).toMatchFileSnapshot('./translate-matrix.json');
    });

    const streams = cases.filter(({ recorded: { response } }) => response.sse !== undefined);
    it(`does so in whatever pieces ${streams.length} streams come`, { timeout: MINUTES_2 }, async () => {
      const isLong = ({ recorded }: Case) => recorded.responseText.length > FINE_UP_TO;
      const fine = streams.filter((tried) => !isLong(tried));
      expect(await differing(started(), fine, 7)).toEqual([]);
      expect(await differing(started(), streams.filter(isLong), 64)).toEqual([]);
    });
  }

  const read = cases.filter(isForAll);
  it(`is read by the AI SDK and the agents SDK: ${read.length} streams`, { timeout: MINUTES_2 }, async () => {
    const faults: string[] = [];
    await forAll(read, async (tried) => {
      const { client, provider, recorded } = tried;
      const { text, calls } = meaningOf(provider, wholeOf(provider, recorded.response));
      const wanted = { text, tools: calls.map(({ name }) => name) };
      for (const [library, got] of await readByOthers(client, answers.get(tried) ?? '')) {
        if (!isDeepStrictEqual(got, wanted))
          faults.push(`${library} ${pairOf(tried)} ${tried.id}: ${JSON.stringify(got)}`);
      }
    });
    expect(faults).toEqual([]);
  });

  async function meansItself(passage: Passage, tried: Case, tag: string): Promise<void> {
    const { status, text, sent } = await ask(passage, tried, 'whole', tag);
    answers.set(tried, text);
    await requireSame(tried, status, text);
    requireSameTalk(tried, sent);
  }

  async function differing(passage: Passage, some: readonly Case[], chunkSize: ChunkSize): Promise<string[]> {
    const faults: string[] = [];
    await forAll(some, async (tried, index) => {
      const { text } = await ask(passage, tried, chunkSize, `${chunkSize}/${index}`);
      if (text !== answers.get(tried)) faults.push(`${pairOf(tried)} ${tried.id}`);
    });
    return faults;
  }
});

/** Streams with an end; refusals and custom tools are read by few libraries. */
function isForAll({ end, recorded: { response, responseText } }: Case): boolean {
  const isWhole = end.kind === 'answer' && response.sse !== undefined;
  return isWhole && !/custom_tool_call|"refusal"/.test(responseText);
}
