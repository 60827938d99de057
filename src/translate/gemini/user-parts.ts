import type { JsonObject } from '../../domain/call.ts';
import type { ToolResultPart } from '../hub/conversation.ts';
import type { Losses } from '../hub/losses.ts';
import type { RequestContext } from '../hub/translator.ts';
import { mediaParts } from './media.ts';
import { isGemini3, isVertex } from './model.ts';
import type { OutsideMessage, UserTurn } from './turns.ts';

/** A user's turn: the results of tools first, since they answer the turn before. */
export function userParts({ results, messages }: UserTurn, context: RequestContext): JsonObject[] {
  const answers = results.map((result) => functionResponse(result, context));
  return [
    ...answers.map(({ part }) => part),
    ...answers.flatMap(({ beside }) => beside),
    ...messages.flatMap((message) => outsideParts(message, context.losses)),
  ];
}

function outsideParts({ parts, at }: OutsideMessage, losses: Losses): JsonObject[] {
  const written = parts.flatMap((part) => {
    if (part.type !== 'text') return mediaParts(part, losses);
    return part.text === '' ? [] : [{ text: part.text }];
  });
  if (written.length === 0 && parts.some(({ type }) => type !== 'text')) losses.omitted(at);
  return written;
}

/**
 * https://ai.google.dev/api/caching#FunctionResponse: the text stands under `output` or `error` as it came. Media are parts
 * of the response since the third generation; before it they stand `beside` the responses.
 */
function functionResponse(
  { callId, name = '', content, isError }: ToolResultPart,
  { provider, model, names, losses }: RequestContext,
): { readonly part: JsonObject; readonly beside: readonly JsonObject[] } {
  const parts = content.flatMap((part) =>
    part.type === 'text' ? [{ text: part.text }] : mediaParts(part, losses),
  );
  const text = parts.flatMap((part) => (typeof part.text === 'string' ? [part.text] : [])).join('\n');
  const media = parts.filter((part) => part.text === undefined);
  const nested = isGemini3(model) && media.length > 0;
  const functionResponse = {
    ...(isVertex(provider) ? {} : { id: callId }),
    name: names.sent(name),
    response: { [isError ? 'error' : 'output']: text },
    ...(nested ? { parts: media } : {}),
  };
  return { part: { functionResponse }, beside: nested ? [] : media };
}
