import { describe } from 'vitest';
import { abortTests } from './fetch/aborts.ts';
import { answerTests } from './fetch/answers.ts';
import { type FetchGaps, fetchTests, type MadeFetch } from './fetch/bed.ts';
import { breakTests } from './fetch/breaks.ts';
import { encodingTests } from './fetch/encodings.ts';
import { streamTests } from './fetch/streams.ts';

export type { FetchGap, FetchGaps, MadeFetch } from './fetch/bed.ts';

/** Holds a driver to `src/ports/fetch.ts`, against real servers on the loopback address. */
export function fetchContract(name: string, make: () => Promise<MadeFetch>, gaps: FetchGaps = {}): void {
  describe(`Fetch: ${name}`, () => {
    const test = fetchTests(make, gaps);
    describe('answers', () => answerTests(test));
    describe('streams', () => streamTests(test));
    describe('what breaks', () => breakTests(test));
    describe('aborts', () => abortTests(test));
    describe('content-encoding', () => encodingTests(test));
  });
}
