import type { JsonObject } from '../../domain/call.ts';
import { numberOf, objectAt, objectsIn, textOf } from '../../json.ts';

/** `logprobsResult` (https://ai.google.dev/api/generate-content#LogprobsResult) as Chat's `logprobs`; undefined without one. */
export function logprobsOf(candidate: JsonObject): JsonObject | undefined {
  const result = objectAt(candidate, 'logprobsResult');
  const chosen = objectsIn(result.chosenCandidates);
  if (chosen.length === 0) return undefined;
  const alternatives = objectsIn(result.topCandidates);
  const content = chosen.map((token, i) => ({
    ...tokenOf(token),
    top_logprobs: objectsIn(alternatives[i]?.candidates).map(tokenOf),
  }));
  return { content, refusal: null };
}

function tokenOf({ token, logProbability }: JsonObject): JsonObject {
  const text = textOf(token);
  return {
    token: text,
    logprob: numberOf(logProbability) ?? 0,
    bytes: [...new TextEncoder().encode(text)],
  };
}
