import { expect, it } from 'vitest';
import type { JsonValue } from '../../domain/call.ts';
import { PartialArguments } from './partial-arguments.ts';

function gather(...pieces: JsonValue[]): unknown {
  const args = new PartialArguments();
  for (const piece of pieces) args.add([piece]);
  return JSON.parse(args.text());
}

it('puts the pieces of arguments in their places', () => {
  const args = gather(
    { jsonPath: '$.list[0].name', stringValue: 'ap', willContinue: true },
    { jsonPath: '$.list[0].name', stringValue: 'ple' },
    { jsonPath: '$.list[0].price', numberValue: 0.5 },
    { jsonPath: '$.list[1].fresh', boolValue: false },
    { jsonPath: "$['a name'][0]", nullValue: 'NULL_VALUE' },
    { jsonPath: '$.grid[0][0]', numberValue: 1 },
    { jsonPath: '$.grid[0][1]', numberValue: 2 },
  );
  expect(args).toEqual({
    list: [{ name: 'apple', price: 0.5 }, { fresh: false }],
    'a name': [null],
    grid: [[1, 2]],
  });
});

it('keeps to what it was told where a piece makes no sense', () => {
  const args = gather(
    { jsonPath: '$.a', stringValue: 'x' },
    { jsonPath: '$', stringValue: 'all' },
    { jsonPath: '$.b[4294967294]', numberValue: 1 },
    { jsonPath: '$.c[2].d', numberValue: 1 },
    { stringValue: 'nowhere' },
    'text',
  );
  expect(args).toEqual({ a: 'x', b: [], c: [] });
});

it('takes no name for more than a name', () => {
  const args = new PartialArguments();
  args.add([{ jsonPath: '$.__proto__.polluted', stringValue: 'x' }]);
  expect(args.text()).toBe('{"__proto__":{"polluted":"x"}}');
  expect({}).not.toHaveProperty('polluted');
});
