import { describe, expect, it } from 'vitest';
import { editDistance, nearest, snakeCase } from './nearest.ts';

describe('nearest', () => {
  const known = ['server', 'timeouts', 'max_request_size', 'base_url', 'api_key'];
  it.each([
    ['timeout', 'timeouts'],
    ['sevrer', 'server'],
    ['maxRequestSize', 'max_request_size'],
    ['MAX_REQUEST_SIZE', 'max_request_size'],
    ['baseurl', 'base_url'],
    ['api-key', 'api_key'],
    ['colour', null],
    ['x', null],
    ['s'.repeat(5000), null],
  ])('%s -> %s', (typed, meant) => {
    expect(nearest(typed, known)).toBe(meant);
  });
});

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
])('the distance of %j and %j is %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

it('brings names into one style', () => {
  expect(['maxSize', 'MAX_SIZE', 'max-size', 'max.size'].map(snakeCase)).toEqual(Array(4).fill('max_size'));
});
