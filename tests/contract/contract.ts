import { describe, it } from 'vitest';

/** What a driver's test hands to a suite: a driver with nothing in it, made anew for each test. */
export interface Made {
  /** Moves the driver's time on by `ms`: a fake clock, or a wait. Left out only with the gap `time`. */
  advance?(ms: number): Promise<void>;
  close?(): Promise<void>;
}

/**
 * What a driver cannot be held to, each with its reason, which is shown with the skipped tests.
 * `time`: nothing moves its time. `exactTime`: its time moves, but a test cannot stop at a given millisecond or
 * skip a day.
 */
export type Gap = 'time' | 'exactTime';
export type Gaps = Readonly<Partial<Record<Gap, string>>>;

type Body<M extends Made> = (made: M & Required<Pick<Made, 'advance'>>) => Promise<void>;

export interface ContractTests<M extends Made> {
  test(title: string, body: (made: M) => Promise<void>, needs?: readonly Gap[]): void;
  /** Waits of at most `SHORT_MS`, which real time may serve. */
  timed(title: string, body: Body<M>): void;
  /** Time to the millisecond, and days of it. */
  exact(title: string, body: Body<M>): void;
}

/** The longest that a `timed` test waits at once. */
export const SHORT_MS = 120;
export const DAY_MS = 86_400_000;

export function contract<M extends Made>(
  title: string,
  make: () => Promise<M>,
  gaps: Gaps,
  define: (tests: ContractTests<M>) => void,
): void {
  const add = (title: string, needs: readonly Gap[], body: (made: M) => Promise<void>) => {
    const missing = needs.find((gap) => gaps[gap] !== undefined);
    if (missing !== undefined) it.skip(`${title} [gap ${missing}: ${gaps[missing]}]`);
    else it(title, () => withDriver(make, body));
  };
  describe(title, () => {
    define({
      test: (title, body, needs = []) => add(title, needs, body),
      timed: (title, body) => add(title, ['time'], (made) => body(withTime(made))),
      exact: (title, body) => add(title, ['time', 'exactTime'], (made) => body(withTime(made))),
    });
  });
}

async function withDriver<M extends Made>(make: () => Promise<M>, body: (made: M) => Promise<void>) {
  const made = await make();
  try {
    await body(made);
  } finally {
    await made.close?.();
  }
}

function withTime<M extends Made>(made: M): M & Required<Pick<Made, 'advance'>> {
  const { advance } = made;
  if (advance === undefined) throw new Error('no advance(): name the gap `time` and its reason');
  return { ...made, advance };
}

/** Two (tenant, key) pairs that a driver may take for one. */
export type Pair = readonly [tenant: string, key: string];

export const CONFUSABLE: readonly (readonly [Pair, Pair])[] = [
  [
    ['a', 'k'],
    ['b', 'k'],
  ],
  [
    ['a:b', 'c'],
    ['a', 'b:c'],
  ],
  [
    ['a:', 'b'],
    ['a', ':b'],
  ],
  [
    ['a', 'bc'],
    ['ab', 'c'],
  ],
  [
    ['a', ''],
    ['', 'a'],
  ],
  [
    ['1', '1:a'],
    ['11', ':a'],
  ],
  [
    ['a\u0000b', 'c'],
    ['a', 'b\u0000c'],
  ],
  [
    ['a/b', 'c'],
    ['a', 'b/c'],
  ],
  [
    ['{a}', 'k'],
    ['a', 'k'],
  ],
  [
    ['a:b', 'k'],
    ['a%3Ab', 'k'],
  ],
  [
    ['a b', 'k'],
    ['a+b', 'k'],
  ],
  [
    ['*', 'k'],
    ['a', 'k'],
  ],
  [
    ['Acme', 'k'],
    ['acme', 'k'],
  ],
  [
    ['caf\u00e9', 'k'],
    ['cafe\u0301', 'k'],
  ],
  [
    ['\u{1d49c}', 'k'],
    ['A', 'k'],
  ],
  [
    ['__proto__', 'k'],
    ['constructor', 'k'],
  ],
  [
    ['a', '__proto__'],
    ['a', 'toString'],
  ],
];

/** A pair as a test's title shows it. */
export function show([tenant, key]: Pair): string {
  return `${JSON.stringify(tenant)} + ${JSON.stringify(key)}`;
}
