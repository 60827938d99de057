import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { geminiSchema } from './schema.ts';

describe('case 22: a JSON Schema for Gemini', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a constant is a choice of one', { const: 'a' }, { enum: ['a'] }],
    [
      'definitions are $defs',
      { properties: { a: { $ref: '#/definitions/A' } }, definitions: { A: { const: 1 } } },
      { properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { enum: [1] } } },
    ],
    ['nothing stands beside a reference', { $ref: '#/$defs/A', description: 'd' }, { $ref: '#/$defs/A' }],
    [
      'an allOf of one is that one',
      { description: 'd', allOf: [{ type: 'string' }] },
      { description: 'd', type: 'string' },
    ],
    [
      'properties may have the names of keywords',
      { properties: { const: { type: 'string' }, pattern: { type: 'string' }, allOf: { type: 'string' } } },
      { properties: { const: { type: 'string' }, pattern: { type: 'string' }, allOf: { type: 'string' } } },
    ],
    [
      'it reaches every depth',
      {
        items: { anyOf: [{ const: 1 }, { prefixItems: [{ const: 2 }] }] },
        additionalProperties: { const: 3 },
      },
      {
        items: { anyOf: [{ enum: [1] }, { prefixItems: [{ enum: [2] }] }] },
        additionalProperties: { enum: [3] },
      },
    ],
    [
      'what is not of the right form is left alone',
      { properties: null, items: true, anyOf: [7], additionalProperties: false },
      { properties: null, items: true, anyOf: [7], additionalProperties: false },
    ],
  ])('%s', (_, schema, expected) => {
    expect(geminiSchema(schema)).toEqual({ schema: expected, ignored: [] });
  });

  it('keeps what it cannot say otherwise, and names it', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { a: { type: 'string', pattern: '^a', minLength: 2 } },
      not: { required: ['b'] },
      allOf: [{}, {}],
    };
    expect(geminiSchema(schema)).toEqual({ schema, ignored: ['pattern', 'minLength', 'not', 'allOf'] });
  });

  it('survives a schema deeper than the stack', () => {
    const deep = JSON.parse(`${'{"items":'.repeat(5000)}{}${'}'.repeat(5000)}`) as JsonObject;
    expect(geminiSchema(deep).ignored).toEqual([]);
    const bare = JSON.parse(`${'{"allOf":['.repeat(5000)}{}${']}'.repeat(5000)}`) as JsonObject;
    expect(geminiSchema(bare).schema).toBeDefined();
    const lists = JSON.parse(`{"items":${'['.repeat(5000)}${']'.repeat(5000)}}`) as JsonObject;
    expect(geminiSchema(lists).schema).toBeDefined();
  });
});
