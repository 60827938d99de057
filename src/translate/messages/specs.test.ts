import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import { partsOf } from '../hub/collect.ts';
import type { Conversation } from '../hub/conversation.ts';
import type { Reply } from '../hub/reply.ts';
import { conversationOf, eventsOf, replyContext, textOfParts, write } from './testing.ts';
import { messagesClient } from './translator.ts';

/** Anthropic's published schema, which is beside the project and not a part of it. */
const SPEC = fileURLToPath(
  new URL('../../../../shared/specs/anthropic.relaxed.schema.json', import.meta.url),
);

function schema(name: string): ValidateFunction {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(spec);
  const validate = ajv.getSchema(`${spec.$id}#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  expect(validate(value), JSON.stringify([value, validate.errors], null, 1)).toBe(true);
}

const at = 'x';
const cache = { ttl: '1h' } as const;
const image = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
  at,
} as const;
const pdf = {
  type: 'document',
  source: { kind: 'url', url: 'https://x.invalid/a.pdf' },
  title: 't',
  citations: true,
  at,
} as const;

const REQUESTS: Record<string, Partial<Conversation>> = {
  'a question': {},
  'a long conversation': {
    stream: true,
    cache,
    messages: [
      { role: 'system', origin: 'developer', content: [{ type: 'text', text: 's', cache, at }], at },
      { role: 'user', content: [{ type: 'text', text: 'q', at }, image, pdf], at },
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 't',
            seal: { origin: 'anthropic', provider: 'anthropic', data: 's' },
            at,
          },
          { type: 'text', text: 'a', at },
          { type: 'tool_call', id: 'call:1', name: 'f', arguments: '{"a":1}', kind: 'function', at },
        ],
        at,
      },
      { role: 'system', origin: 'system', content: [{ type: 'text', text: 'late', at }], at },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            callId: 'call:1',
            content: [image, pdf],
            isError: true,
            kind: 'function',
            cache,
            at,
          },
        ],
        at,
      },
    ],
  },
  tools: {
    tools: [
      { kind: 'function', name: 'a.b', description: 'd', schema: null, strict: true, cache, at },
      { kind: 'custom', name: 'c', format: null, at },
      { kind: 'web_search', maxUses: 1, userLocation: { type: 'approximate', city: 'Oslo' }, at },
    ],
    toolChoice: { type: 'tool', name: 'a.b' },
    parallelToolCalls: false,
  },
  thinking: { reasoning: { effort: 'high', summary: 'auto' }, userId: 'u', serviceTier: 'default' },
  sampling: { temperature: 0.2, topK: 3, stop: ['x'], maxOutputTokens: 10 },
  'a form': {
    responseFormat: {
      type: 'json_schema',
      name: 'n',
      schema: { type: 'object', properties: {} },
      strict: null,
    },
  },
};

const REPLY: Reply = {
  id: 'resp_1',
  model: 'm',
  content: [
    { type: 'reasoning', text: 't', seal: { origin: 'openai', provider: 'openai', data: 'd' }, at: '' },
    { type: 'reasoning', text: '', seal: { origin: 'openai', provider: 'openai', data: 'd' }, at: '' },
    { type: 'text', text: 'a', citations: [{ kind: 'url', url: 'u', title: 't' }], at: '' },
    { type: 'tool_call', id: 'call:1', name: 'f', arguments: '{"a":1}', kind: 'function', at: '' },
  ],
  finish: { reason: 'tool_calls', stopSequence: null },
  usage: {
    input: 1,
    cacheRead: 2,
    cacheWrite: 3,
    cacheWrite1h: 4,
    output: 5,
    reasoning: 1,
    estimated: false,
  },
  serviceTier: 'default',
};

describe.skipIf(!existsSync(SPEC))(
  `the published schema accepts (needs ${existsSync(SPEC) ? 'nothing' : SPEC})`,
  () => {
    it.each(
      Object.keys(REQUESTS).flatMap((name) =>
        ['claude-sonnet-4-5', 'claude-opus-4-6', 'claude-opus-4-7'].map((model) => [name, model]),
      ),
    )('%s for %s', (name, model) => {
      const { body } = write(conversationOf(REQUESTS[name] ?? {}), model);
      expectValid(schema('CreateMessageParams'), body);
    });

    it('an answer, whole and streamed', () => {
      expectValid(schema('Message'), messagesClient.writeReply(REPLY, replyContext));
      const validate = schema('MessageStreamEvent');
      for (const event of eventsOf(textOfParts(partsOf(REPLY)))) expectValid(validate, event);
    });

    it('an error', () => {
      const error: JsonObject = messagesClient.writeError(
        { status: 429, type: 'x', code: null, message: 'm', param: null },
        'r',
      );
      expectValid(schema('ErrorResponse'), error);
    });
  },
);
