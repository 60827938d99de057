import type { JsonObject } from '../../domain/call.ts';
import { objectAt } from '../../json.ts';
import type { Finish, FinishReason } from '../hub/reply.ts';

/** Why a provider's response ended; of the calls in it the status says nothing. A refusal in words is an answer. */
export function readFinish(response: JsonObject, holdsCalls: boolean): Finish {
  return { reason: reasonOf(response, holdsCalls), stopSequence: null };
}

function reasonOf(response: JsonObject, holdsCalls: boolean): FinishReason {
  if (response.status === 'incomplete') return incompleteReason(response);
  return holdsCalls ? 'tool_calls' : 'stop';
}

function incompleteReason(response: JsonObject): FinishReason {
  switch (objectAt(response, 'incomplete_details').reason) {
    case 'max_output_tokens':
      return 'length';
    case 'content_filter':
      return 'content_filter';
    default:
      return 'other';
  }
}

export type Ending =
  | { readonly status: 'completed' }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' };

/** How a response for a client ends. A refusal that says so in words is an answer; one without words is a cut. */
export function endingOf({ reason }: Finish, refusalText: boolean): Ending {
  switch (reason) {
    case 'length':
    case 'context_length':
    case 'pause':
      return { status: 'incomplete', reason: 'max_output_tokens' };
    case 'content_filter':
      return { status: 'incomplete', reason: 'content_filter' };
    case 'refusal':
      return refusalText ? { status: 'completed' } : { status: 'incomplete', reason: 'content_filter' };
    default:
      return { status: 'completed' };
  }
}
