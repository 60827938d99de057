import type { JsonObject } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';
import { responsesUsage } from '../../usage/responses.ts';
import type { Reply } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { readFailedResponse } from './error.ts';
import { readFinish } from './finish-reason.ts';
import { readOutputItem } from './read-output.ts';

/** @throws Error when the body is no finished response, or tells of a failure. */
export function readReply(body: JsonObject, context: ReadContext): Reply {
  if (!Array.isArray(body.output)) throw new Error('The provider’s answer has no "output".');
  if (body.status === 'failed') throw new Error(readFailedResponse({ response: body }).message);
  const items = objectsIn(body.output);
  const content = items.flatMap((item) => readOutputItem(item, context));
  const logprobs = items
    .flatMap(({ content: parts }) => objectsIn(parts))
    .flatMap((part) => objectsIn(part.logprobs));
  return {
    id: textOf(body.id),
    model: textOf(body.model),
    content,
    finish: readFinish(
      body,
      content.some(({ type }) => type === 'tool_call'),
    ),
    usage: responsesUsage(body.usage),
    ...(typeof body.service_tier === 'string' ? { serviceTier: body.service_tier } : {}),
    ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs, refusal: null } }),
  };
}
