import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../adapters/memory/clock.ts';
import { createSandbox } from './index.ts';
import { parseEvents, requestTo, textOfReply } from './testing.ts';

/** The providers' published schemas, which are beside the project and not a part of it. */
const SPECS = {
  openai: fileURLToPath(new URL('../../../../shared/specs/openai.relaxed.schema.json', import.meta.url)),
  anthropic: fileURLToPath(
    new URL('../../../../shared/specs/anthropic.relaxed.schema.json', import.meta.url),
  ),
};
const missing = Object.values(SPECS).filter((path) => !existsSync(path));

const sandbox = createSandbox({ clock: createFakeClock() });

function schema(provider: keyof typeof SPECS, name: string): ValidateFunction {
  const spec = JSON.parse(readFileSync(SPECS[provider], 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(spec);
  const validate = ajv.getSchema(`${spec.$id}#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

/** The schemas are strict where providers are not: a null stands for an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  expect(validate(withoutNulls(value)), JSON.stringify([value, validate.errors], null, 1)).toBe(true);
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const messages = [{ role: 'user', content: 'hello' }];
const asked = [{ role: 'user', content: 'use a tool' }];
const chatTools = [{ type: 'function', function: { name: 'f', parameters } }];
const responseTools = [{ type: 'function', name: 'f', parameters, strict: true }];

type Case = [provider: keyof typeof SPECS, path: string, whole: string, event: string, body: object];
const CASES: Case[] = [
  [
    'openai',
    '/chat/completions',
    'CreateChatCompletionResponse',
    'CreateChatCompletionStreamResponse',
    { messages },
  ],
  [
    'openai',
    '/chat/completions',
    'CreateChatCompletionResponse',
    'CreateChatCompletionStreamResponse',
    { messages: asked, tools: chatTools, stream_options: { include_usage: true } },
  ],
  ['openai', '/responses', 'Response', 'ResponseStreamEvent', { input: 'hello' }],
  ['openai', '/responses', 'Response', 'ResponseStreamEvent', { input: 'use a tool', tools: responseTools }],
  ['openai', '/responses', 'Response', 'ResponseStreamEvent', { input: 'hello you', max_output_tokens: 1 }],
  ['openai', '/completions', 'CreateCompletionResponse', 'CreateCompletionResponse', { prompt: 'hello' }],
  ['anthropic', '/messages', 'Message', 'MessageStreamEvent', { messages, max_tokens: 9 }],
  [
    'anthropic',
    '/messages',
    'Message',
    'MessageStreamEvent',
    { messages: asked, max_tokens: 99, tools: [{ name: 'f', input_schema: parameters }] },
  ],
];

describe.skipIf(missing.length > 0)(
  `the published schemas accept (needs ${missing.join(', ') || 'nothing'})`,
  () => {
    it.each(CASES)('%s %s whole as %s, streamed as %s: %j', async (provider, path, whole, event, body) => {
      const reply = await sandbox(requestTo(path, { model: 'echo', ...body }));
      expectValid(schema(provider, whole), JSON.parse(await textOfReply(reply)));
      const stream = await sandbox(requestTo(path, { model: 'echo', ...body, stream: true }));
      const events = parseEvents(await textOfReply(stream)).map(({ data }) => data);
      const validate = schema(provider, event);
      // Anthropic's schema has no ping, which its API does send.
      for (const data of events.filter((one) => one !== null && one.type !== 'ping'))
        expectValid(validate, data);
    });

    it.each([
      ['openai', '/embeddings', 'CreateEmbeddingResponse', { model: 'embed', input: 'hello' }],
      ['openai', '/chat/completions', 'ErrorResponse', { model: 'fail-500', messages }],
      ['anthropic', '/messages', 'ErrorResponse', { model: 'fail-500', messages, max_tokens: 9 }],
      ['anthropic', '/messages/count_tokens', 'CountMessageTokensResponse', { model: 'echo', messages }],
    ] as const)('%s %s as %s', async (provider, path, name, body) => {
      expectValid(
        schema(provider, name),
        JSON.parse(await textOfReply(await sandbox(requestTo(path, body)))),
      );
    });

    it('the list of models', async () => {
      const reply = await sandbox({ ...requestTo('/models'), method: 'GET' });
      expectValid(schema('openai', 'ListModelsResponse'), JSON.parse(await textOfReply(reply)));
    });
  },
);
