import type { JsonObject } from '../../domain/call.ts';
import { objectsIn } from '../../json.ts';
import { Collected } from '../hub/collect.ts';
import { type Reply, UncarriedAnswer } from '../hub/reply.ts';
import type { ReadContext } from '../hub/translator.ts';
import { AnswerReader } from './answer-reader.ts';
import { logprobsOf } from './logprobs.ts';

/** A GenerateContentResponse (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse). */
export function readReply(body: JsonObject, context: ReadContext): Reply {
  const [candidate] = objectsIn(body.candidates);
  if (candidate === undefined && body.promptFeedback === undefined) {
    throw new Error('The answer of the provider has no candidates.');
  }
  const reader = new AnswerReader(context);
  const answer = new Collected();
  for (const part of [...reader.read(body), ...reader.end()]) {
    if (part.type === 'error') throw new UncarriedAnswer(part.error.message, answer.usage);
    answer.add(part);
  }
  const logprobs = candidate === undefined ? undefined : logprobsOf(candidate);
  return {
    id: answer.id,
    model: answer.model,
    content: answer.content(),
    finish: answer.finish ?? { reason: 'other', stopSequence: null },
    usage: answer.usage,
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}
