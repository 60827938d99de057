import { describe, expect, it } from 'vitest';
import type { Provider } from '../domain/provider.ts';
import { endpointUrl, pathUrl } from './url.ts';

const provider = (baseUrl: string) =>
  ({ id: 'p', baseUrl, paths: { chat: '/chat/completions' } }) as Provider;

describe('endpointUrl', () => {
  it('is the configured base and the path of the row', () => {
    expect(endpointUrl(provider('http://h/v1'), 'chat')).toBe('http://h/v1/chat/completions');
    expect(endpointUrl(provider('http://h/v1'), 'embeddings')).toBeNull();
  });
});

describe('pathUrl', () => {
  it.each([
    ['files', '', 'http://h/v1/files'],
    ['/files/a', '?limit=1', 'http://h/v1/files/a?limit=1'],
    ['v1/files', '', 'http://h/v1/files'],
    ['v1', '', 'http://h/v1/v1'],
    ['a%20b', '', 'http://h/v1/a%20b'],
    ['//evil.example/x', '', 'http://h/v1/evil.example/x'],
    ['http://evil.example/', '', 'http://h/v1/http://evil.example/'],
    ['@evil.example/', '', 'http://h/v1/@evil.example/'],
  ])('%s%s → %s', (path, query, expected) => {
    expect(pathUrl(provider('http://h/v1'), path, query)).toBe(expected);
  });

  it.each([
    '..',
    '../x',
    'a/../../x',
    '%2e%2e/x',
    'a/%2E%2E/%2e%2e/x',
    '..%2fx',
    'a/..%5c..%5cx',
    '\\..\\..\\x',
  ])('refuses %s', (path) => {
    expect(() => pathUrl(provider('http://h/v1'), path, '')).toThrow(/leads out/);
  });
});
