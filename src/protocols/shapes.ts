import * as z from 'zod';
import type { Dialect } from '../domain/dialect.ts';

/**
 * What the gateway itself needs of a request body. Everything else is the provider's to judge: unknown fields
 * pass, so that a new parameter works on the day its provider adds it.
 */
const base = { model: z.string().min(1).max(256), stream: z.boolean().nullish() };
const messages = z.array(z.looseObject({}));
const text = z.union([z.string(), z.array(z.unknown()).min(1)]);

export const REQUEST_SHAPES = {
  'openai-chat': z.looseObject({ ...base, messages, stream_options: z.looseObject({}).nullish() }),
  'openai-responses': z.looseObject({
    ...base,
    input: z.union([z.string(), z.array(z.unknown())]).nullish(),
    previous_response_id: z.string().nullish(),
    store: z.boolean().nullish(),
  }),
  'anthropic-messages': z.looseObject({ ...base, messages, max_tokens: z.number().int().min(0).optional() }),
  'openai-embeddings': z.looseObject({ model: base.model, input: text }),
  'openai-completions': z.looseObject({ ...base, stream_options: z.looseObject({}).nullish() }),
} as const satisfies Record<Dialect, z.ZodType>;
