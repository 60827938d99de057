import { describe, expect, it } from 'vitest';
import { evaluate, report, THRESHOLDS } from '../../scripts/semantic-eval/evaluate.ts';
import { readPairs } from '../../scripts/semantic-eval/pairs.ts';
import { readVectors } from '../../scripts/semantic-eval/vectors.ts';

const FRANCE = 'What is the capital of France?';
const FRANCE_TOO = "What's the capital of France?";
const GERMANY = 'What is the capital of Germany?';
const PASTA = 'How do I cook pasta?';
const TODAY = 'What is on today?';

const angles: Readonly<Record<string, number>> = {
  [FRANCE]: 0,
  [FRANCE_TOO]: 10,
  [GERMANY]: 5,
  [PASTA]: 90,
  [TODAY]: 90,
};
const vectorOf = (text: string) => {
  const angle = ((angles[text] ?? 0) / 180) * Math.PI;
  return new Float32Array([Math.cos(angle), Math.sin(angle)]);
};

const PAIRS = [
  { a: FRANCE, b: FRANCE_TOO, same: true },
  { a: FRANCE, b: GERMANY, same: false },
  { a: FRANCE, b: PASTA, same: false },
  { a: TODAY, b: TODAY, same: true },
];

describe('the evaluation of the semantic cache', () => {
  it('tells hits from false hits, by vectors alone and with the guard', () => {
    const evaluation = evaluate(PAIRS, vectorOf, [0.9, 0.99]);
    expect(evaluation).toMatchObject({ same: 2, different: 2, ineligible: 1 });
    expect(evaluation.rows).toEqual([
      {
        threshold: 0.9,
        bare: { hitRate: 1, falseHitRate: 0.5, wrongShare: 1 / 3 },
        guarded: { hitRate: 0.5, falseHitRate: 0, wrongShare: 0 },
      },
      {
        threshold: 0.99,
        bare: { hitRate: 0.5, falseHitRate: 0.5, wrongShare: 0.5 },
        guarded: { hitRate: 0, falseHitRate: 0, wrongShare: 0 },
      },
    ]);
  });

  it('goes from 0.80 to 0.99', () => {
    expect([THRESHOLDS[0], THRESHOLDS.at(-1), THRESHOLDS.length]).toEqual([0.8, 0.99, 20]);
  });

  it('is no division by nothing', () => {
    expect(report(evaluate([], vectorOf))).not.toContain('NaN');
  });

  it('prints a line for each threshold', () => {
    const text = report(evaluate(PAIRS, vectorOf));
    expect(text).toContain('2 pairs that share an answer, 2 that do not; in 1 of them');
    expect(text).toMatch(/^0\.90 +100\.00% +50\.00% +33\.33% +50\.00% +0\.00% +0\.00%$/m);
  });
});

describe('a file of pairs', () => {
  const wanted = [
    { a: 'One, "two"\nthree', b: 'x', same: true },
    { a: 'y', b: '', same: false },
  ];

  it.each([
    ['JSON lines', wanted.map((pair) => JSON.stringify(pair)).join('\n\n')],
    ['CSV', 'id,question1,question2,is_duplicate\r\n1,"One, ""two""\nthree",x,1\r\n2,y,,0\r\n'],
    ['CSV without an end of line', '\ufeffa,b,same\n"One, ""two""\nthree",x,TRUE\ny,,false'],
  ])('may be %s', (_, text) => {
    expect(readPairs(text)).toEqual(wanted);
  });

  it('may have tabs', () => {
    expect(readPairs('id\tsentence1\tsentence2\tlabel\n1\tA "b", c\td\t0\n')).toEqual([
      { a: 'A "b", c', b: 'd', same: false },
    ]);
  });

  it.each([
    ['{"a":"x","b":"y"}', /line 1/],
    ['{"a":"x","b":"y","same":true}\n{', /line 2/],
    ['a,b\nx,y', /columns/],
    ['a,b,same\nx,y,maybe', /row 2/],
  ])('is refused with its line: %s', (text, why) => {
    expect(() => readPairs(text)).toThrow(why);
  });
});

describe('a file of vectors', () => {
  it('is read as vectors of length 1', () => {
    const vectors = readVectors('{"text":"a","vector":[3,4]}\n\n{"text":"b","vector":[0,2]}\n');
    expect([...vectors.keys()]).toEqual(['a', 'b']);
    expect(Math.hypot(...(vectors.get('a') ?? []))).toBeCloseTo(1);
  });

  it('is refused when it holds none', () => {
    expect(() => readVectors('{"text":"a","vector":[]}')).toThrow('"a"');
    expect(() => readVectors('{"vector":[1]}')).toThrow('line 1');
  });
});
