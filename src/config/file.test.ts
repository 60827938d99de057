// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax under test
import { describe, expect, it } from 'vitest';
import type { Findings } from './faults.ts';
import { parseFileText } from './file-text.ts';
import { type Environment, interpolate } from './interpolate.ts';

function read(text: string, env: Environment = {}): { tree: unknown; faults: string[] } {
  const parsed = parseFileText({ text, name: 'gateway.yaml' });
  if ('faults' in parsed)
    return { tree: null, faults: parsed.faults.map(({ path, message }) => `${path} ${message}`) };
  const findings: Findings = { faults: [], warnings: [] };
  const tree = interpolate(parsed.tree, env, 'gateway.yaml', findings);
  return { tree, faults: findings.faults.map(({ path, message }) => `${path} ${message}`) };
}

describe('the text of a file', () => {
  it.each([
    ['YAML', 'server:\n  port: 1\n  host: "::1"\n', { server: { port: 1, host: '::1' } }],
    ['JSON, tabs and all', '{\n\t"server": {"port": 1}\n}', { server: { port: 1 } }],
    ['nothing', '', {}],
    ['comments alone', '# later\n', {}],
    ['aliases', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['YAML 1.2, where yes is a word', '%YAML 1.1\n---\na: yes', { a: 'yes' }],
    ['values left empty', 'a:\nb: ""\nc: {d: ~}\nproviders: {groq: }', { c: {}, providers: { groq: {} } }],
  ])('takes %s', (_, text, tree) => {
    expect(read(text)).toEqual({ tree, faults: [] });
  });

  it.each([
    ['a key twice', 'a: 1\na: 2', /^gateway\.yaml:2:1 repeats a key/],
    ['a key twice in JSON', '{"a": 1, "a": 2}', /^gateway\.yaml:1:10 repeats a key/],
    ['a tag', 'a: !env SECRET', /^gateway\.yaml:1:4 uses a tag/],
    ['a tag of another schema', 'a: !!binary SECRET', /uses a tag/],
    ['a second document', 'a: 1\n---\nb: 2', /second document/],
    ['a tab', 'a:\n\tb: 1', /gateway\.yaml:2:1 is indented with a tab/],
    ['an open quote', 'key: "SECRET', /closing quote/],
    ['no mapping', '- SECRET', /must be a mapping/],
    ['text', 'SECRET', /must be a mapping/],
    ['an unknown alias', 'a: *SECRET', /aliases/],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]`,
      /aliases/,
    ],
    ['deep nesting', '['.repeat(50_000), /gateway\.yaml/],
    ['far too much', `# ${'x'.repeat(2 ** 20)}`, /longer than 1 MiB/],
    ['__proto__', '{"__proto__": {"admin": 1}}', /is not a name/],
  ])('refuses %s', (_, text, message) => {
    const { faults } = read(text);
    expect(faults.join('\n')).toMatch(message);
    expect(faults.join('\n')).not.toContain('SECRET');
    expect(faults.length).toBeLessThanOrEqual(5);
  });
});

describe('variables in a file', () => {
  const env = { KEY: 'k-1', EMPTY: '', PADDED: ' k-2\n' };
  it.each([
    ['${KEY}', 'k-1'],
    ['a-${KEY}-${KEY}', 'a-k-1-k-1'],
    ['${PADDED}', 'k-2'],
    ['${NONE:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${NONE:-http://x:1/a}', 'http://x:1/a'],
    ['$${KEY}', '${KEY}'],
    ['$KEY $', '$KEY $'],
    ['${NONE:-${KEY}', '${KEY'],
  ])('%s', (text, value) => {
    expect(read(JSON.stringify({ a: [text] }), env)).toEqual({ tree: { a: [value] }, faults: [] });
  });

  it('fills in values only, never names', () => {
    expect(read('"${KEY}": 1', env).tree).toEqual({ '${KEY}': 1 });
  });

  it('does not look for variables in what it filled in', () => {
    expect(read('a: ${X}', { X: '${KEY}', KEY: 'no' }).tree).toEqual({ a: '${KEY}' });
  });

  it.each([
    ['a missing variable', 'a: {b: ["", "${NONE}"]}', 'a.b[1] needs the environment variable NONE'],
    ['an empty variable', 'a: ${EMPTY}', 'a needs the environment variable EMPTY'],
    ['a variable of the prototype', 'a: ${toString}', 'a needs the environment variable toString'],
    ['a malformed one', 'a: ${sk-SECRET}', 'a has a "${" that is not ${NAME}'],
    ['an open one', 'a: ${KEY', 'a has a "${" that is not ${NAME}'],
  ])('tells of %s by its place', (_, text, start) => {
    const { faults } = read(text, env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(start);
    expect(faults[0]).not.toContain('SECRET');
  });
});
