import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import * as v from './values.ts';

type Case = readonly [
  kind: string,
  schema: z.ZodType,
  good: readonly (readonly [unknown, unknown])[],
  bad: readonly unknown[],
];

const MIB = 1024 ** 2;
const HEX = 'ab'.repeat(32);

const CASES: readonly Case[] = [
  [
    'flag',
    v.flag(),
    [
      ['true', true],
      ['TRUE', true],
      ['1', true],
      [1, true],
      ['Yes', true],
      ['on', true],
      [' off ', false],
      ['no', false],
      ['0', false],
      [false, false],
    ],
    ['', 'maybe', 2, null, [], undefined],
  ],
  [
    'integer',
    v.integer(1, 100),
    [
      ['1', 1],
      [100, 100],
      [' 7 ', 7],
      ['007', 7],
    ],
    ['0', 101, '1.5', 1.5, '-1', '1e2', '0x10', '', 'ten', Number.NaN, true, null, '9'.repeat(30)],
  ],
  ['millis', v.millis(), [['600000', 600_000]], [0, '2147483648', '10s']],
  [
    'workers',
    v.workers(),
    [
      ['auto', null],
      ['AUTO', null],
      [4, 4],
    ],
    ['0', 'many', 257],
  ],
  [
    'size',
    v.size(),
    [
      ['10485760', 10 * MIB],
      [10485760, 10 * MIB],
      ['10MiB', 10 * MIB],
      ['10 mib', 10 * MIB],
      ['10MB', 10_000_000],
      ['512k', 512 * 1024],
      ['1kB', 1000],
      ['1.5m', 1.5 * MIB],
      ['2G', 2 * 1024 ** 3],
      ['1b', 1],
    ],
    ['0', '-1', '10 megabytes', 'MiB', '1e9', '2000GiB', '', {}],
  ],
  [
    'dollars',
    v.dollars(),
    [
      [0, 0],
      ['2.5', 2.5],
      [0.0375, 0.0375],
    ],
    [-1, '$2', 'free', '1,5'],
  ],
  [
    'choice',
    v.choice(['debug', 'info']),
    [
      ['INFO', 'info'],
      ['debug', 'debug'],
    ],
    ['trace', '', 3],
  ],
  [
    'list',
    v.list('must be a list'),
    [
      ['a, b,,c', ['a', 'b', 'c']],
      [
        ['a', ' b '],
        ['a', 'b'],
      ],
      ['', []],
    ],
    [3, [3], { a: 1 }],
  ],
  ['secret', v.secret(), [[' sk-abc ', 'sk-abc']], [12345, 'two words', 'ümlaut', 'a\nb', '']],
  ['name', v.name(), [['Team_1.a-b', 'Team_1.a-b']], ['a b', 'a/b', 'x'.repeat(65), '', '{a}']],
  [
    'instant',
    v.instant(),
    [
      ['2027-01-31', Date.UTC(2027, 0, 31)],
      ['2027-01-31T12:00:00Z', Date.UTC(2027, 0, 31, 12)],
      ['2027-01-31T12:00+02:00', Date.UTC(2027, 0, 31, 10)],
    ],
    ['tomorrow', '2027-13-01', '2027-01-31T12:00', '31.01.2027', 1234567890],
  ],
  [
    'origins',
    v.origins(),
    [
      ['*', ['*']],
      [
        'https://app.example.com, http://localhost:3000',
        ['https://app.example.com', 'http://localhost:3000'],
      ],
      ['https://app.example.com/', ['https://app.example.com']],
    ],
    ['app.example.com', 'https://app.example.com/path', 'null', 'file:///x', 'https://a.example,nonsense'],
  ],
  [
    'hostPorts',
    v.hostPorts(),
    [['redis-1:6379,[::1]:7000,10.0.0.1:1', ['redis-1:6379', '[::1]:7000', '10.0.0.1:1']]],
    ['redis', 'redis:0', 'redis:70000', 'redis://a:1', 'a b:1'],
  ],
  [
    'httpUrl',
    v.httpUrl(),
    [
      ['https://api.example.com/v1/', 'https://api.example.com/v1'],
      ['http://localhost:11434', 'http://localhost:11434'],
      ['HTTPS://API.Example.com', 'https://api.example.com'],
    ],
    [
      'api.example.com',
      'ftp://a.example',
      'https://u:p@a.example',
      'https://a.example/?',
      'https://a.example/#',
      'https://a.example/v1?key=1',
      'https://',
      '',
    ],
  ],
];

describe.each(CASES)('%s', (_, schema, good, bad) => {
  it.each(good)('takes %j as %j', (input, output) => {
    expect(schema.parse(input)).toEqual(output);
  });

  it.each(bad.map((input) => ({ input })))('refuses $input', ({ input }) => {
    const result = schema.safeParse(input);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toMatch(/must /);
  });
});

it('never repeats a value in a message', () => {
  const marker = 'S3CR3T-value with spaces';
  for (const [kind, schema] of CASES) {
    const issues = [marker, [marker], { [marker]: marker }].flatMap(
      (input) => schema.safeParse(input).error?.issues ?? [],
    );
    expect(issues.map(({ message }) => message).join('\n'), kind).not.toContain('S3CR3T');
  }
});

it('leaves a hash as it is', () => {
  expect(v.secret().parse(`sha256:${HEX}`)).toBe(`sha256:${HEX}`);
});
