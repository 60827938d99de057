import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../domain/call.ts';
import { lacksOf } from './lacks.ts';
import { needsOf } from './needs.ts';
import { asks, callOf } from './testing.ts';

const says = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });

describe('what a call needs', () => {
  it.each<[what: string, json: JsonObject, needs: string[]]>([
    ['text', asks('Hi'), []],
    ['text in parts', says({ type: 'text', text: 'Hi' }), []],
    ['JSON of any shape', asks('Hi', { response_format: { type: 'json_object' } }), []],
    ['no tools', asks('Hi', { tools: [], tool_choice: 'none' }), []],
    ['Chat tools', asks('Hi', { tools: [{ type: 'function' }] }), ['tools']],
    ['Chat functions', asks('Hi', { functions: [{ name: 'f' }] }), ['tools']],
    ['Chat results', { messages: [{ role: 'tool', content: '1' }] }, ['tools']],
    ['Chat calls', { messages: [{ role: 'assistant', tool_calls: [{ id: '1' }] }] }, ['tools']],
    ['Chat schema', asks('Hi', { response_format: { type: 'json_schema' } }), ['json_schema']],
    ['Chat image', says({ type: 'image_url', image_url: { url: 'u' } }), ['vision']],
    ['Chat file', says({ type: 'file', file: {} }), ['documents']],
    ['Chat sound', says({ type: 'input_audio' }), ['audio']],
    ['Chat speech', asks('Hi', { modalities: ['text', 'audio'] }), ['audio']],
    ['Chat effort', asks('Hi', { reasoning_effort: 'low' }), ['reasoning']],
    ['no effort', asks('Hi', { reasoning_effort: 'none' }), []],
    ['Responses tools', { input: 'Hi', tools: [{ type: 'web_search' }] }, ['tools']],
    ['Responses schema', { input: 'Hi', text: { format: { type: 'json_schema' } } }, ['json_schema']],
    ['Responses image', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, ['vision']],
    [
      'Responses results',
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image' }] }] },
      ['tools', 'vision'],
    ],
    ['Responses effort', { input: 'Hi', reasoning: { effort: 'high' } }, ['reasoning']],
    ['Messages image', says({ type: 'image', source: {} }), ['vision']],
    [
      'Messages results',
      says({ type: 'tool_result', content: [{ type: 'document' }] }),
      ['tools', 'documents'],
    ],
    ['Messages thinking', asks('Hi', { thinking: { type: 'enabled', budget_tokens: 1024 } }), ['reasoning']],
    ['no thinking', asks('Hi', { thinking: { type: 'disabled' } }), []],
    ['Messages schema', asks('Hi', { output_config: { format: { type: 'json_schema' } } }), ['json_schema']],
    ['what makes no sense', { messages: [null, 1, { content: 5 }], input: {} } as never, []],
  ])('%s', (_, json, needs) => {
    expect([...needsOf(callOf(json))].toSorted()).toEqual(needs.toSorted());
  });
});

describe('what models lack', () => {
  it.each([
    ['gpt-3.5-turbo', 'vision', true],
    ['gpt-4', 'vision', true],
    ['gpt-4-0613', 'json_schema', true],
    ['gpt-4o-mini', 'vision', false],
    ['openai/gpt-4o', 'reasoning', true],
    ['gpt-4o-audio-preview', 'audio', false],
    ['gpt-5-mini', 'reasoning', false],
    ['o3-mini', 'vision', true],
    ['o3', 'vision', false],
    ['claude-3-5-haiku-20241022', 'reasoning', true],
    ['claude-sonnet-4-5', 'reasoning', false],
    ['deepseek-chat', 'vision', true],
    ['somebody-elses', 'vision', false],
  ] as const)('%s, %s: %s', (model, capability, lacking) => {
    expect(lacksOf(model).includes(capability)).toBe(lacking);
  });
});
