import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { exampleOf } from './from-schema.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const person = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const SCHEMAS: [name: string, schema: JsonObject, example: unknown][] = [
  ['nothing said', {}, null],
  ['a string', { type: 'string' }, 'example'],
  ['a long string', { type: 'string', minLength: 10 }, 'exampleexa'],
  ['a short string', { type: 'string', maxLength: 2 }, 'ex'],
  ['a format', { type: 'string', format: 'date' }, '2026-01-01'],
  ['a number', { type: 'number' }, 1],
  ['a range', { type: 'integer', minimum: 5, maximum: 9 }, 5],
  ['an open range', { type: 'integer', exclusiveMinimum: 5 }, 6],
  ['below zero', { type: 'number', exclusiveMaximum: 0 }, -1],
  ['a step', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['a boolean', { type: 'boolean' }, true],
  ['an enum', { type: 'string', enum: ['b', 'a'] }, 'b'],
  ['a const', { const: 7 }, 7],
  ['a null', { type: 'null' }, null],
  ['nullable', { type: ['null', 'string'] }, 'example'],
  ['a choice', { anyOf: [{ type: 'null' }, person] }, { name: 'example' }],
  ['an array', { type: 'array', items: person }, []],
  ['a filled array', { type: 'array', items: { type: 'integer' }, minItems: 2 }, [1, 1]],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'boolean' }], items: { type: 'string' }, minItems: 2 },
    [true, 'example'],
  ],
  [
    'a reference',
    { type: 'object', properties: { p: { $ref: '#/$defs/p' } }, required: ['p'], $defs: { p: person } },
    { p: { name: 'example' } },
  ],
  [
    'a root that is a reference',
    { $ref: '#/definitions/a~1b%20c', definitions: { 'a/b c': person } },
    { name: 'example' },
  ],
  [
    'a conjunction',
    { allOf: [person, { properties: { age: { type: 'integer' } }, required: ['age'] }] },
    { name: 'example', age: 1 },
  ],
  ['no type', { properties: { a: { type: 'string' } }, required: ['a'] }, { a: 'example' }],
];

describe('exampleOf', () => {
  it.each(SCHEMAS)('%s', (_, schema, example) => {
    expect(exampleOf(schema)).toEqual(example);
    expect(ajv.validate(schema, example), ajv.errorsText()).toBe(true);
  });

  it('adds what is named, when it is simple', () => {
    const properties = {
      days: { type: 'integer' },
      unit: { enum: ['c', 'f'] },
      sub: person,
      other: { type: 'string' },
    };
    const named = new Set(['days', 'unit', 'sub']);
    expect(exampleOf({ type: 'object', properties }, named)).toEqual({ days: 1, unit: 'c' });
  });

  it('ends for a list that refers to itself', () => {
    const next = { anyOf: [{ $ref: '#' }, { type: 'null' }] };
    const schema = { type: 'object', properties: { next }, required: ['next'] };
    expect(ajv.validate(schema, exampleOf(schema))).toBe(true);
  });

  it('ends for schemas that no document can satisfy', () => {
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: '#' }]));
    expect(JSON.stringify(exampleOf({ type: 'object', properties, required: names })).length).toBeLessThan(
      50_000,
    );
    expect(exampleOf({ $ref: '#' })).toBeNull();
    expect(exampleOf({ allOf: [{ $ref: '#' }, { $ref: '#' }] })).toBeNull();
    expect(exampleOf({ $ref: '#/no/such/%place' })).toBeNull();
  });

  it('does not touch the prototype', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
    );
    expect(JSON.stringify(exampleOf(schema))).toBe('{"__proto__":"example"}');
  });
});
