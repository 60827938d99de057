import { expect, it } from 'vitest';
import { describeWithCorpus, exchanges, recordedAnswers } from './corpus.ts';
import { jsonSource } from './json-source.ts';

it('finds the source of a member as it is written', () => {
  const text = String.raw`{"x": {"body": 1}, "b\"ody": [2, {"body": 3}], "body" : {"a": 1.0, "s": "} \" ,\\", "e": "\u00e9" } }`;
  expect(jsonSource(text, ['body'])).toBe(String.raw`{"a": 1.0, "s": "} \" ,\\", "e": "\u00e9" }`);
  expect(jsonSource(text, ['body', 'a'])).toBe('1.0');
  expect(() => jsonSource(text, ['a'])).toThrow('no member "a"');
});

describeWithCorpus('the recorded exchanges', () => {
  it('are all there, each with the text of its bodies', () => {
    expect(exchanges()).toHaveLength(420);
    expect(recordedAnswers()).toHaveLength(211);
    for (const { id, request, response, requestText, responseText } of exchanges()) {
      expect(JSON.parse(requestText), id).toEqual(request.body);
      expect(response.sse ?? JSON.parse(responseText), id).toEqual(response.sse ?? response.body);
    }
  });

  it('have a text that a parse and a rewrite would change', () => {
    const unchanged = exchanges().filter(
      ({ requestText }) => JSON.stringify(JSON.parse(requestText)) === requestText,
    );
    expect(unchanged.map(({ id }) => id)).toEqual([]);
  });
});
