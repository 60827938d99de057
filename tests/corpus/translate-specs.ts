import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json } from '../support/corpus.ts';
import type { ClientWire } from './translate-meaning.ts';

/** The providers' published schemas, which are beside the project and not a part of it. */
const SPECS = {
  openai: fileURLToPath(new URL('../../../shared/specs/openai.relaxed.schema.json', import.meta.url)),
  anthropic: fileURLToPath(new URL('../../../shared/specs/anthropic.relaxed.schema.json', import.meta.url)),
};

export const specsAvailable: boolean = Object.values(SPECS).every((path) => existsSync(path));

type Kind = 'whole' | 'event' | 'error';

const NAMES: Readonly<Record<ClientWire, readonly [keyof typeof SPECS, Readonly<Record<Kind, string>>]>> = {
  chat: [
    'openai',
    {
      whole: 'CreateChatCompletionResponse',
      event: 'CreateChatCompletionStreamResponse',
      error: 'ErrorResponse',
    },
  ],
  responses: ['openai', { whole: 'Response', event: 'ResponseStreamEvent', error: 'ErrorResponse' }],
  messages: ['anthropic', { whole: 'Message', event: 'MessageStreamEvent', error: 'ErrorResponse' }],
};

const compiled = new Map<string, ValidateFunction>();

function validator(client: ClientWire, kind: Kind): ValidateFunction {
  const [provider, names] = NAMES[client];
  const key = `${provider}#${names[kind]}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const spec = JSON.parse(readFileSync(SPECS[provider], 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(spec);
  const made = ajv.getSchema(`${spec.$id}#/components/schemas/${names[kind]}`);
  if (made === undefined) throw new Error(`no schema ${key}`);
  compiled.set(key, made);
  return made;
}

/** @throws Error telling where `value` is not what the provider's schema says. */
export function requireValid(client: ClientWire, kind: Kind, value: Json): void {
  // Anthropic's schema has no ping, which its API does send.
  if (client === 'messages' && value.type === 'ping') return;
  const validate = validator(client, kind);
  if (validate(withoutNulls(value))) return;
  const faults = validate.errors?.slice(-3).map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new Error(
    `not a ${kind} of ${client}: ${faults?.join('; ')} in ${JSON.stringify(value).slice(0, 300)}`,
  );
}

/** The schemas are strict where providers are not: a null stands for an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}
