import type { JsonObject } from '../../domain/call.ts';
import { asObject, textOf } from '../../json.ts';

/**
 * Says of a part of an answer (https://ai.google.dev/api/caching#Part) that it is a file, as models answer that draw or
 * speak; null for every other. No client's dialect has a place for one.
 */
export function uncarried(part: JsonObject, provider: string): string | null {
  const file = asObject(part.inlineData) ?? asObject(part.fileData);
  if (file === null) return null;
  const type = textOf(file.mimeType);
  const what = type === '' ? kindOf(type) : `${kindOf(type)} (${type})`;
  return `The answer holds ${what}, which this API has no place for here: ask for it in Gemini's own API, at /proxy/${provider}/.`;
}

function kindOf(mimeType: string): string {
  const kind = mimeType.split('/', 1)[0] ?? '';
  return KINDS[kind] ?? 'a file';
}

const KINDS: Readonly<Record<string, string>> = { image: 'an image', audio: 'audio', video: 'a video' };
