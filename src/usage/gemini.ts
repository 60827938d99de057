import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { asObject, objectsIn } from '../json.ts';
import { isTokens, tokens } from './buckets.ts';
import { withParts } from './parts.ts';

/**
 * `usageMetadata` of Gemini (https://ai.google.dev/api/generate-content#UsageMetadata). `promptTokenCount` includes what was
 * read from a cache and leaves out what server tools fed back (`toolUsePromptTokenCount`); `candidatesTokenCount` leaves out
 * the thoughts. The first chunks of a stream from Vertex have an object without counts.
 */
export function geminiUsage(value: JsonValue | undefined): Usage | null {
  const usage = asObject(value);
  if (usage === null || !(isTokens(usage.promptTokenCount) || isTokens(usage.candidatesTokenCount)))
    return null;
  const prompt = tokens(usage.promptTokenCount);
  const cacheRead = Math.min(prompt, tokens(usage.cachedContentTokenCount));
  const reasoning = tokens(usage.thoughtsTokenCount);
  const counts: Usage = {
    input: prompt - cacheRead + tokens(usage.toolUsePromptTokenCount),
    cacheRead,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: tokens(usage.candidatesTokenCount) + reasoning,
    reasoning,
    estimated: false,
  };
  return withParts(counts, {
    audioInput:
      ofModality(usage, 'promptTokensDetails', 'AUDIO') - ofModality(usage, 'cacheTokensDetails', 'AUDIO'),
    imageInput:
      ofModality(usage, 'promptTokensDetails', 'IMAGE') - ofModality(usage, 'cacheTokensDetails', 'IMAGE'),
    audioOutput: ofModality(usage, 'candidatesTokensDetails', 'AUDIO'),
    imageOutput: ofModality(usage, 'candidatesTokensDetails', 'IMAGE'),
  });
}

/** https://ai.google.dev/api/generate-content#ModalityTokenCount */
function ofModality(usage: JsonObject, field: string, modality: string): number {
  const counts = objectsIn(usage[field]).filter((count) => count.modality === modality);
  return counts.reduce((sum, { tokenCount }) => sum + tokens(tokenCount), 0);
}
