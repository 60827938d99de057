/** Things that the rows of all pairs send. */
export const PNG = 'iVBORw0KGgo=';
export const PDF = 'JVBERi0xLjQ=';
export const WEATHER = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
export const SCHEMA = {
  type: 'object',
  properties: { a: { type: 'integer' } },
  required: ['a'],
  additionalProperties: false,
};
