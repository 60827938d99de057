import type { JsonObject } from '../../domain/call.ts';
import type { Reply } from '../hub/reply.ts';
import type { ReplyContext } from '../hub/translator.ts';
import { endingOf } from './finish-reason.ts';
import { responseId } from './ids.ts';
import { responseObject } from './response-object.ts';
import { writeOutput } from './write-output.ts';

/** A whole answer for a client. */
export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const refusalText = reply.content.some((part) => part.type === 'refusal' && part.text !== '');
  const ending = endingOf(reply.finish, refusalText);
  const id = responseId(reply.id, context.requestId);
  return responseObject(
    {
      id,
      model: reply.model,
      status: ending.status,
      output: writeOutput(reply, id, ending.status),
      usage: reply.usage,
      serviceTier: reply.serviceTier,
      ...(ending.status === 'incomplete' ? { incompleteReason: ending.reason } : {}),
    },
    context,
  );
}
