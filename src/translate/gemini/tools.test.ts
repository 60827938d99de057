import { describe, expect, it } from 'vitest';
import type { FunctionTool, Tool, ToolChoice, WebSearchTool } from '../hub/conversation.ts';
import { VERTEX, write } from './testing.ts';

const tool = (fields: Partial<FunctionTool> = {}): FunctionTool => ({
  kind: 'function',
  name: 'weather',
  schema: { type: 'object', properties: {} },
  strict: null,
  at: 'tools[0]',
  ...fields,
});
const search = (fields: Partial<WebSearchTool> = {}): WebSearchTool => ({
  kind: 'web_search',
  at: 'tools[1]',
  ...fields,
});
const declarations = (tools: Tool[]) =>
  (write({ tools }).body.tools as { functionDeclarations: unknown[] }[])[0]?.functionDeclarations;
const config = (choice: ToolChoice | undefined, tools: Tool[] = [tool()], model?: string) =>
  write({ tools, ...(choice === undefined ? {} : { toolChoice: choice }) }, model).body.toolConfig;

describe('case 22: functions', () => {
  it('are declared with their JSON Schema', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false };
    expect(declarations([tool({ description: 'Tells it.', schema })])).toEqual([
      { name: 'weather', description: 'Tells it.', parametersJsonSchema: schema },
    ]);
  });

  it('may have none, and always take an object', () => {
    expect(declarations([tool({ schema: null })])).toEqual([{ name: 'weather' }]);
    expect(declarations([tool({ schema: {} })])).toEqual([
      { name: 'weather', parametersJsonSchema: { type: 'object' } },
    ]);
    expect(declarations([tool({ schema: { $ref: '#/$defs/A', $defs: { A: {} } } })])).toEqual([
      { name: 'weather', parametersJsonSchema: { $ref: '#/$defs/A', $defs: { A: {} } } },
    ]);
  });

  it('name the keywords that are not enforced', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', multipleOf: 5 } } };
    expect(write({ tools: [tool({ schema })] }).omitted).toEqual(['tools[0].multipleOf']);
  });

  it('case 26: name the grammar of a custom tool, which is only told', () => {
    const custom = { kind: 'custom', name: 'run', format: { type: 'grammar' }, at: 'tools[0]' } as const;
    expect(write({ tools: [custom] }).omitted).toEqual(['tools[0].format']);
    expect(write({ tools: [{ ...custom, format: { type: 'text' } }] }).omitted).toEqual([]);
  });

  it('case 26: are made of custom tools', () => {
    expect(
      declarations([{ kind: 'custom', name: 'run', description: 'Runs.', format: null, at: '' }]),
    ).toEqual([
      {
        name: 'run',
        description: 'Runs.',
        parametersJsonSchema: {
          type: 'object',
          properties: { input: { type: 'string' } },
          required: ['input'],
          additionalProperties: false,
        },
      },
    ]);
  });

  it('case 23: have names that Gemini allows', () => {
    const { body } = write({
      tools: [tool({ name: 'my tool' })],
      toolChoice: { type: 'tool', name: 'my tool' },
    });
    const name = expect.stringMatching(/^my_tool_\w+$/);
    expect(body.tools).toEqual([{ functionDeclarations: [expect.objectContaining({ name })] }]);
    expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } });
  });
});

describe('case 16: the choice of a tool', () => {
  it.each<[string, ToolChoice | undefined, unknown]>([
    ['nothing said', undefined, undefined],
    ['auto', { type: 'auto' }, undefined],
    ['none', { type: 'none' }, { mode: 'NONE' }],
    ['required', { type: 'required' }, { mode: 'ANY' }],
    ['one', { type: 'tool', name: 'weather' }, { mode: 'ANY', allowedFunctionNames: ['weather'] }],
    [
      'one of some',
      { type: 'allowed', mode: 'required', names: ['weather'] },
      { mode: 'ANY', allowedFunctionNames: ['weather'] },
    ],
    [
      'maybe one of some',
      { type: 'allowed', mode: 'auto', names: ['weather'] },
      { mode: 'VALIDATED', allowedFunctionNames: ['weather'] },
    ],
  ])('%s', (_, choice, expected) => {
    expect(config(choice)).toEqual(expected === undefined ? undefined : { functionCallingConfig: expected });
  });

  it('keeps calls to their schemas where a tool is strict', () => {
    expect(config(undefined, [tool({ strict: true })])).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
    });
    expect(config({ type: 'none' }, [tool({ strict: true })])).toEqual({
      functionCallingConfig: { mode: 'NONE' },
    });
  });

  it('says nothing without tools', () => expect(config({ type: 'none' }, [])).toBeUndefined());
});

describe('case 25: the search of the web', () => {
  it('is Google’s', () => {
    const { body, unsupported } = write({ tools: [search()] });
    expect(body.tools).toEqual([{ googleSearch: {} }]);
    expect(body.toolConfig).toBeUndefined();
    expect(unsupported).toEqual({});
  });

  it('loses its hints, and says so', () => {
    const { omitted } = write({ tools: [search({ maxUses: 3, contextSize: 'low', userLocation: {} })] });
    expect(omitted).toEqual(['tools[1].max_uses', 'tools[1].search_context_size', 'tools[1].user_location']);
  });

  it('cannot be kept to domains, or away from them but on Vertex', () => {
    const domains = search({ allowedDomains: ['a.example'], blockedDomains: ['b.example'] });
    expect(Object.keys(write({ tools: [domains] }).unsupported)).toEqual([
      'tools[1].allowed_domains',
      'tools[1].blocked_domains',
    ]);
    const { body, unsupported } = write(
      { tools: [search({ blockedDomains: ['b.example'] })] },
      undefined,
      VERTEX,
    );
    expect(body.tools).toEqual([{ googleSearch: { excludeDomains: ['b.example'] } }]);
    expect(unsupported).toEqual({});
  });

  it('stands beside functions since the third generation', () => {
    const { body } = write({ tools: [tool(), search()] }, 'gemini-3-flash-preview');
    expect(body.tools).toEqual([{ functionDeclarations: [expect.anything()] }, { googleSearch: {} }]);
    expect(body.toolConfig).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
      includeServerSideToolInvocations: true,
    });
    const older = write({ tools: [tool(), search()] }, 'gemini-2.5-flash');
    expect(older.body.tools).toEqual([{ functionDeclarations: [expect.anything()] }]);
    expect(Object.keys(older.unsupported)).toEqual(['tools[1]']);
  });
});

it('refuses tools of other providers', () => {
  const { body, unsupported } = write({
    tools: [{ kind: 'server', type: 'code_interpreter', at: 'tools[0]' }],
  });
  expect(body.tools).toBeUndefined();
  expect(Object.keys(unsupported)).toEqual(['tools[0]']);
});
